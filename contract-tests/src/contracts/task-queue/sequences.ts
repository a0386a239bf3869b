import type { TaskQueue } from '@aiwork/core';
import fc, { type AsyncCommand } from 'fast-check';
import type { CheckGroup } from '../../engine/contract.ts';
import { runModel } from '../model.ts';
import { jobOf } from './jobs.ts';
import {
  type Consumer,
  patienceMs,
  type QueueChecks,
  type Recorder,
  recorder,
  untilHanded,
} from './recorder.ts';

/** How many deliveries are owed, and have been seen. */
interface QueueModel {
  jobs: number;
  owed: number;
}

interface QueueReal {
  readonly t: QueueChecks;
  readonly client: TaskQueue;
  readonly run: Recorder;
  readonly queue: string;
  /** Those that have not been stopped, and all there were. */
  readonly consumers: Consumer[];
  readonly all: Consumer[];
  /** Jobs whose first handler throws. */
  readonly failing: Set<string>;
}

type Command = AsyncCommand<QueueModel, QueueReal>;

const always = () => true;

/** Jobs of these keys; the last stands for none. */
const keys = ['a', 'b', ''] as const;

const enqueueCommand = (
  batch: readonly (readonly [key: string, priority: number, fails: boolean])[],
): Command => ({
  check: always,
  async run(model, { client, run, queue, failing }) {
    const jobs = batch.map(([key, priority, fails]) => {
      model.jobs += 1;
      const id = `${model.jobs}`;
      model.owed += fails ? 2 : 1;
      if (fails) failing.add(id);
      return jobOf(id, { queue, priority, ...(key !== '' && { key }) });
    });
    await run.enqueue(client, jobs);
  },
  toString: () =>
    `enqueue(${batch.map(([key, , fails]) => `${key || 'no key'}${fails ? ' failing' : ''}`).join(', ')})`,
});

const consumeCommand = (concurrency: number): Command => ({
  check: always,
  async run(_model, { client, run, queue, consumers, all, failing }) {
    const consumer = run.consume(client, { queues: [queue], concurrency }, ({ id }) => {
      if (failing.delete(id)) throw new Error('the first handler fails');
    });
    consumers.push(consumer);
    all.push(consumer);
  },
  toString: () => `consume(${concurrency} at once)`,
});

const stopCommand: Command = {
  check: always,
  run: async (_model, { consumers }) => consumers.shift()?.stop(),
  toString: () => 'stop()',
};

const commands = [
  fc
    .array(fc.tuple(fc.constantFrom(...keys), fc.integer({ min: -1, max: 1 }), fc.boolean()), {
      minLength: 1,
      maxLength: 4,
    })
    .map(enqueueCommand),
  fc.integer({ min: 1, max: 3 }).map(consumeCommand),
  fc.constant(stopCommand),
];

/** Everything that was enqueued has to be done in the end, and all of it by the rules of histories. */
async function finish({ owed }: QueueModel, real: QueueReal): Promise<void> {
  const { t, run, all, consumers } = real;
  await consumeCommand(2).run({ jobs: 0, owed: 0 }, real);
  await untilHanded(t, owed, all, patienceMs(t) + 2 * t.capabilities.maxRedeliveryMs);
  await run.nothingWrong();
  await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
}

export const sequences: CheckGroup<TaskQueue> = {
  id: 'sequences',
  title: 'Any sequence of calls',
  checks: [
    {
      id: 'task-queue.sequences.nothing-wrong',
      rule: 'Whatever is enqueued, consumed, given back and stopped, in whatever order: every job is done once, in its order',
      anchor: 'TaskQueue',
      why: 'some mistakes need three calls in the one order that nobody thought of',
      async run(t) {
        const client = await t.open();
        let rounds = 0;
        await runModel<QueueModel, QueueReal>({
          commands,
          seed: t.seed,
          runs: t.manualTime ? 60 : 8,
          async setup() {
            rounds += 1;
            const real = { t, client, run: recorder(t), queue: `q${rounds}` };
            return {
              model: { jobs: 0, owed: 0 },
              real: { ...real, consumers: [], all: [], failing: new Set() },
            };
          },
          finish,
        });
      },
    },
  ],
};
