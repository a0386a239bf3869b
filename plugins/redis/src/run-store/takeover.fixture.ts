import { appendFileSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createOrchestrator, defineFlow } from '@aiwork/core';
import { z } from 'zod';
import { redis } from '../plugin.ts';

/** A process of its own for the tests: `takeover.fixture.ts JOB URL NAMESPACE FILE`. */
export const runs = 100;
export const effectsOfRun = 6;

const [job, url = '', namespace = '', file = ''] = process.argv.slice(2);
const say = (text: string) => writeSync(1, `${text}\n`);

let begin = () => {};
const begun = new Promise<void>((resolve) => {
  begin = resolve;
});

/** Waits until all are started. Then each step writes its name to the file once, and takes some time. */
const flow = defineFlow({ id: 'effects', input: z.number() }, (f) => {
  let at = f.step('s0', {
    async run() {
      await begun;
      return 0;
    },
  });
  for (let step = 1; step <= effectsOfRun; step += 1) {
    const last = at;
    at = f.step(`s${step}`, {
      needs: { last },
      async run({ last }, { once, runId, stepId }) {
        await once('write', () => appendFileSync(file, `${runId} ${stepId}\n`));
        await delay(250);
        return last + 1;
      },
    });
  }
  return at;
});

const orchestrator = () =>
  createOrchestrator({ plugins: [redis({ url, namespace })], units: [flow], leaseTtl: 600 });

const jobs: Readonly<Record<string, () => Promise<void>>> = {
  /** Owns all runs, and says of every step that it is done. */
  async own() {
    const ai = orchestrator();
    const started = await Promise.all(
      Array.from({ length: runs }, (_, n) => ai.start(flow, n, { runId: `run ${n}` })),
    );
    begin();
    await Promise.all(
      started.map(async (run) => {
        for await (const event of run) if (event.type === 'step.succeeded') say(event.stepId);
      }),
    );
  },
  /** Works on whatever is due, until it is told to end. */
  async work() {
    begin();
    await using ai = orchestrator();
    await using _worker = await ai.worker({ concurrency: runs, pollInterval: 50 });
    say('works');
    for await (const _line of process.stdin) break;
  },
};

if (job !== undefined) await jobs[job]?.();
