import { defineFlow } from '@aiwork/core';
import { z } from 'zod';

export const failing = defineFlow({ id: 'failing', input: z.object({}) }, (f) =>
  f.step('fetch', {
    retry: { maxAttempts: 2, minDelay: 5, jitter: false },
    run: () => {
      throw new TypeError('the other side said no', { cause: new Error('connection refused') });
    },
  }),
);
