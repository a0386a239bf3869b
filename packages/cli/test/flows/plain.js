import { defineFlow } from '@aiwork/core';
import { z } from 'zod';

export const plain = defineFlow({ id: 'plain', input: z.string() }, (f) =>
  f.step('length', { needs: { text: f.input }, run: ({ text }) => text.length }),
);
