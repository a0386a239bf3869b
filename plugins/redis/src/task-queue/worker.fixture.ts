import { appendFileSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createOrchestrator, defineTask } from '@aiwork/core';
import { z } from 'zod';
import { redis } from '../plugin.ts';
import { redisStorage } from '../storage.ts';

/** A process of its own for the tests: `worker.fixture.ts WHAT URL NAMESPACE NAME FILE`. */
export const leaseMs = 600;

const [what, url = '', namespace = '', name = '', file = ''] = process.argv.slice(2);
const say = (text: string) => writeSync(1, `${text}\n`);

export const square = defineTask({
  id: 'square',
  queue: 'q',
  input: z.number(),
  async run(n, { once }) {
    await once('write', () => appendFileSync(file, `${n} ${name}\n`));
    say(`wrote ${n}`);
    await delay(100);
    return n * n;
  },
});

export const options = { leaseTtl: leaseMs } as const;

const doings: Readonly<Record<string, () => Promise<void>>> = {
  /** Takes 50 jobs and never ends one. */
  async hang() {
    const { queue } = await redisStorage({ url, namespace, taskQueue: { leaseMs } });
    const { signal } = new AbortController();
    await queue.consume(
      { queues: ['q'], group: 'g', concurrency: 50, signal },
      async ({ id }, { heartbeat }) => {
        say(id);
        for (;;) {
          await delay(leaseMs / 3);
          await heartbeat();
        }
      },
    );
  },
  /** Works on squares, until it is told to end. */
  async work() {
    const plugins = [redis({ url, namespace, taskQueue: { leaseMs } })];
    await using ai = createOrchestrator({ plugins, units: [square], ...options });
    await using _worker = await ai.worker({ queues: ['q'], concurrency: 4 });
    say('works');
    for await (const _line of process.stdin) break;
  },
};

if (what !== undefined) await doings[what]?.();
