/** A server as a process of its own, on a port and a SQLite file; it takes up the runs of one that was killed. */
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { createOrchestrator, defineFlow } from '@aiwork/core';
import { sqlite } from '@aiwork/core/sqlite';
import { createServer } from '@aiwork/server';
import { z } from 'zod';

const [path = '', port = '0'] = process.argv.slice(2);

/** So many steps after each other, that a server can be killed in their midst. */
export const count = defineFlow({ id: 'count', input: z.object({ pauseMs: z.int() }) }, (f) => {
  let before = f.step('step-0', { needs: { input: f.input }, run: () => 0 });
  for (let i = 1; i <= 20; i += 1) {
    before = f.step(`step-${i}`, {
      needs: { input: f.input, before },
      async run({ input, before }) {
        await delay(input.pauseMs);
        return before + 1;
      },
    });
  }
  return before;
});

if (process.argv[1] === import.meta.filename) {
  const orchestrator = createOrchestrator({
    units: [count],
    plugins: [sqlite({ path })],
    leaseTtl: '1s',
  });
  await orchestrator.worker({ pollInterval: '50ms' });
  const server = await createServer({ orchestrator, units: [count] });
  process.once('SIGTERM', () => void server.close().then(() => orchestrator.close()));
  process.stdout.write(`${await server.listen({ port: Number(port) })}\n`);
}
