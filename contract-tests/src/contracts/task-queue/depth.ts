import { isDeepStrictEqual } from 'node:util';
import type { TaskQueue } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { gate, jobOf, jobsOf } from './jobs.ts';
import { patienceMs, type QueueChecks, recorder, timeOf, untilHanded } from './recorder.ts';

interface Depth {
  readonly waiting: number;
  readonly inFlight: number;
  readonly deadLettered: number;
}

/** What is declared to be exact has to be so at once, anything else soon after things have come to rest. */
async function isDeep(t: QueueChecks, queue: TaskQueue, expected: Depth, when: string): Promise<void> {
  const patient = t.capabilities.depth === 'approximate' ? patienceMs(t) : 0;
  const deadline = timeOf(t) + patient;
  for (;;) {
    const seen = await queue.depth('q', 'g');
    if (isDeepStrictEqual(seen, expected)) return;
    if (timeOf(t) >= deadline) t.same(seen, expected, `depth() ${when}`);
    await t.wait(20);
  }
}

export const depth: CheckGroup<TaskQueue> = {
  id: 'depth',
  title: 'How many jobs there are',
  checks: [
    {
      id: 'task-queue.depth.counts',
      rule: 'Jobs are counted where they are: waiting, with a handler, or nowhere once settled',
      anchor: 'TaskQueue.depth',
      why: 'workers are added and removed by these numbers',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        await isDeep(t, queue, { waiting: 0, inFlight: 0, deadLettered: 0 }, 'of a queue that nobody used');
        await run.enqueue(
          queue,
          jobsOf(10, (n) => (n > 8 ? { key: 'key' } : {})),
        );
        await run.enqueue(queue, [jobOf('elsewhere', { queue: 'other' })]);
        await isDeep(
          t,
          queue,
          { waiting: 10, inFlight: 0, deadLettered: 0 },
          'of 10 jobs before any consumer',
        );
        const rest = gate(t);
        const consumer = run.consume(queue, { concurrency: 4 }, () => rest.opened);
        await untilHanded(t, 4, [consumer]);
        await isDeep(t, queue, { waiting: 6, inFlight: 4, deadLettered: 0 }, 'while 4 of 10 are worked on');
        rest.open();
        await untilHanded(t, 10, [consumer]);
        await consumer.stop();
        await isDeep(t, queue, { waiting: 0, inFlight: 0, deadLettered: 0 }, 'when all are settled');
        const elsewhere = run.consume(queue, { queues: ['other'] });
        await untilHanded(t, 1, [elsewhere]);
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.depth.given-back',
      rule: 'A job that was given back counts as waiting, and again with each group by itself',
      anchor: 'TaskQueue.depth',
      why: 'work that fails looks as if it were done',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const { deadLetters } = t.capabilities;
        const soonDead = deadLetters && deadLetters.maxDeliveries === 1;
        const consumer = run.consume(queue, {}, () => {
          void consumer.stop();
          throw new Error('the handler failed');
        });
        await run.enqueue(queue, [jobOf('job')]);
        await untilHanded(t, 1, [consumer]);
        await consumer.stop();
        const expected = soonDead
          ? { waiting: 0, inFlight: 0, deadLettered: 1 }
          : { waiting: 1, inFlight: 0, deadLettered: 0 };
        await isDeep(t, queue, expected, 'of a job that was given back');
      },
    },
  ],
};
