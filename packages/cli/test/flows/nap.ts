import { setTimeout as delay } from 'node:timers/promises';
import { defineTask } from '@aiwork/core';
import { z } from 'zod';

/** Takes its time, and says when it begins. */
export const nap = defineTask({
  id: 'nap',
  input: z.object({ ms: z.number() }),
  run: async ({ ms }, ctx) => {
    ctx.log.info('asleep');
    await delay(ms, undefined, { signal: ctx.signal });
    return 'rested';
  },
});

export const fussy = defineTask({
  id: 'fussy',
  input: z.string(),
  run: (word) => {
    throw new Error(`no ${word} here`);
  },
});
