import { appendFile, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createOrchestrator, defineFlow, defineTask, type Orchestrator } from '@aiwork/core';
import { sqlite } from '@aiwork/core/sqlite';
import { z } from 'zod';
import { kafka } from './plugin.ts';

/** What the processes of a test share: brokers, a journal on this machine, a queue, and a log of what was done. */
export interface Crew {
  readonly brokers: readonly string[];
  readonly journal: string;
  readonly queue: string;
  readonly log: string;
  /** Of each worker. Default 50. */
  readonly concurrency?: number;
  /** How often a job is handed out, at most. */
  readonly maxDeliveries?: number;
}

const longestUntilMs = 8000;

/**
 * `stuck` takes no end on workers that are told to be stuck, and no time on others. `until` takes until the worker of this
 * name began something, and some seconds at most: those who have everything in hand may have to let go of it first.
 */
const item = z.object({
  n: z.number(),
  takesMs: z.number().default(0),
  stuck: z.boolean().default(false),
  until: z.string().optional(),
});

interface WorkOptions {
  readonly name?: string;
  readonly getsStuck?: boolean;
}

/** Says in the log when it begins and when it is told to stop; its effect there is recorded. */
function workOf({ queue, log }: Crew, { name = 'nobody', getsStuck = false }: WorkOptions = {}) {
  return defineTask({
    id: 'work',
    queue,
    input: item,
    async run({ n, takesMs, stuck, until }, { once, signal }) {
      await appendFile(log, `begun ${n}\nby ${name}\n`);
      await once('effect', () => appendFile(log, `effect ${n}\n`));
      await appendFile(log, `at work ${n}\n`);
      try {
        await delay(stuck && getsStuck ? 1_000_000 : takesMs, undefined, { signal });
        const latest = Date.now() + longestUntilMs;
        while (until !== undefined && Date.now() < latest && !(await hasBegun(log, until)))
          await delay(100, undefined, { signal });
      } catch {
        await appendFile(log, `stopped ${n}\n`);
        signal.throwIfAborted();
      }
      return n * 2;
    },
  });
}

/** Whether the worker of this name began something. */
export async function hasBegun(log: string, name: string): Promise<boolean> {
  return (await readFile(log, 'utf8').catch(() => '')).includes(`by ${name}\n`);
}

export interface FlowOptions {
  readonly timeout?: number;
  /** Of the calls. */
  readonly priority?: number;
}

/** A flow that calls the task for each item it is given. */
export function flowOf(crew: Crew, options: FlowOptions = {}) {
  return defineFlow({ id: 'many', input: z.array(item) }, (f) =>
    f.map('all', workOf(crew), { over: f.input.$, ...options }),
  );
}

export interface OpenOptions {
  readonly name: string;
  /** What it knows instead of the flow. */
  readonly knows?: 'work' | 'work that gets stuck';
}

/** An orchestrator on the journal and the brokers of the crew. */
export function open(crew: Crew, { name, knows }: OpenOptions): Orchestrator {
  const { brokers, journal, maxDeliveries = 5 } = crew;
  return createOrchestrator({
    name,
    leaseTtl: '4s',
    units: knows ? [workOf(crew, { name, getsStuck: knows === 'work that gets stuck' })] : [flowOf(crew)],
    plugins: [
      sqlite({ path: journal }),
      // Brokers take no less than 6 seconds.
      kafka({ brokers, maxDeliveries, sessionTimeoutMs: 6000, retryDelay: { firstMs: 50 } }),
    ],
  });
}
