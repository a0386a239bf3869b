import { defineFlow } from '@aiwork/core';
import { z } from 'zod';

const flow = (id: string) =>
  defineFlow({ id, input: z.object({}) }, (f) => f.step('only', { run: () => id }));

export const summarise = flow('summarise');
export const publish = flow('publish');
