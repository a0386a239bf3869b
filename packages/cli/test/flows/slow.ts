import { setTimeout as delay } from 'node:timers/promises';
import { defineFlow, type OrchestratorOptions } from '@aiwork/core';
import { z } from 'zod';

export const aiwork: OrchestratorOptions = { leaseTtl: '1s' };

/** A step that is done at once and can be taken back, then one that goes on until it is stopped. */
export const slow = defineFlow({ id: 'slow', input: z.object({ deaf: z.boolean().default(false) }) }, (f) => {
  const book = f.step('book', { run: () => 'booked', undo: () => console.error('took the booking back') });
  return f.step('work', {
    needs: { book, input: f.input },
    run: async ({ input }, ctx) => {
      ctx.log.info('working');
      await delay(60_000, undefined, input.deaf ? {} : { signal: ctx.signal });
    },
  });
});
