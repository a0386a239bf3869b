import { appendFileSync } from 'node:fs';
import { z } from 'zod';
import { createOrchestrator } from '../orchestrator.ts';
import { sqlite } from '../sqlite.ts';
import { defineFlow } from '../units/define-flow.ts';

/** A process that works on a run of 200 steps, each writing a line to a file once, and says how far it is. */
export const steps = 200;

const [path, effects] = process.argv.slice(2) as [string, string];

const flow = defineFlow({ id: 'chain', input: z.unknown() }, (f) => {
  let at = f.step('s0', { run: () => 0 });
  for (let i = 1; i < steps; i++) {
    const last = at;
    at = f.step(`s${i}`, {
      needs: { last },
      run: async ({ last }, { once }) => {
        await once('write', (key) => appendFileSync(effects, `${key}\n`));
        return last + 1;
      },
    });
  }
  return at;
});

if (path) {
  await using ai = createOrchestrator({ plugins: [sqlite({ path })], units: [flow], leaseTtl: 300 });
  const known = await ai.get('r');
  const run = known ? await resumeWhenFree() : await ai.start(flow, {}, { runId: 'r' });
  for await (const event of run)
    if (event.type === 'step.succeeded') process.stdout.write(`${event.stepId}\n`);
  process.stdout.write(`result ${await run.result()}\n`);

  async function resumeWhenFree() {
    for (;;) {
      try {
        return await ai.resume('r');
      } catch (error) {
        if ((error as { code?: string }).code !== 'AIWORK_RUN_OWNED') throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}
