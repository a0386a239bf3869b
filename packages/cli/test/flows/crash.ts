import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import type { OrchestratorOptions } from '@aiwork/core';
import { defineFlow } from '@aiwork/core';
import { z } from 'zod';

export const aiwork: OrchestratorOptions = { leaseTtl: '5s' };

/** Writes a line to `log` for each step; the first process to reach the last step is killed there. */
export const crash = defineFlow({ id: 'crash', input: z.object({ log: z.string() }) }, (f) => {
  const first = f.step('first', {
    needs: { input: f.input },
    run: ({ input }) => appendFileSync(input.log, 'first\n'),
  });
  return f.step('last', {
    needs: { first, input: f.input },
    run: ({ input }) => {
      const crashed = `${input.log}.crashed`;
      if (!existsSync(crashed)) {
        writeFileSync(crashed, '');
        process.kill(process.pid, 'SIGKILL');
      }
      appendFileSync(input.log, 'last\n');
      return 'survived';
    },
  });
});
