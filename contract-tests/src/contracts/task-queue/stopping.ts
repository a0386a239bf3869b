import { getEventListeners } from 'node:events';
import type { TaskQueue } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { gate, idsOf, jobOf, jobsOf } from './jobs.ts';
import { type Consumer, type QueueChecks, quiet, recorder, until, untilHanded } from './recorder.ts';

/** Whatever stops a consumer has to wait for its handlers. */
async function drains(
  t: QueueChecks,
  [queue, other]: readonly [TaskQueue, TaskQueue],
  way: string,
  stop: (consumer: Consumer) => Promise<void>,
): Promise<void> {
  const run = recorder(t);
  const rest = gate(t);
  let aborted = false;
  const consumer = run.consume(queue, { concurrency: 3 }, async (_job, { signal }) => {
    await rest.opened;
    aborted ||= signal.aborted;
  });
  await run.enqueue(queue, jobsOf(3));
  await untilHanded(t, 3, [consumer]);
  let over = false;
  const stopped = stop(consumer).then(() => {
    over = true;
  });
  await quiet(t);
  t.same(over, false, `whether ${way} was done while handlers ran`);
  rest.open();
  await until(
    t,
    () => over,
    `${way} to be done when the handlers are`,
    () => 'it was not',
  );
  await stopped;
  await consumer.ended;
  t.same(aborted, false, `whether ${way} aborted the signal of a job`);
  const next = run.consume(other, {});
  await run.enqueue(other, [jobOf('next')]);
  await untilHanded(t, 1, [next]);
  await run.nothingWrong();
  t.same(idsOf(next.handed), ['next'], `what the next consumer is handed after ${way}`);
}

export const stopping: CheckGroup<TaskQueue> = {
  id: 'stopping',
  title: 'Consumers that stop',
  checks: [
    {
      id: 'task-queue.stopping.drains',
      rule: 'A consumer that stops waits for the handlers that run, and their jobs are settled',
      anchor: 'TaskQueue.consume',
      why: 'every release of a worker would have its steps done twice',
      async run(t) {
        const [queue, other] = (await t.openSeveral(2)) as [TaskQueue, TaskQueue];
        await drains(t, [queue, other], 'stopping', (consumer) => consumer.stop());
      },
    },
    {
      id: 'task-queue.stopping.close-drains',
      rule: '`close()` stops consumers as their signals do',
      anchor: 'TaskQueue.consume',
      why: 'a process that shuts down in order would leave its steps half done',
      needs: ['second-client'],
      async run(t) {
        const clients = [await t.open(), await t.open()] as const;
        await drains(t, clients, 'close()', () => clients[0].close());
      },
    },
    {
      id: 'task-queue.stopping.takes-nothing-more',
      rule: 'A consumer that stops takes no job more; those that wait are for the next',
      anchor: 'TaskQueue.consume',
      why: 'a worker that is shut down and still takes work is killed in the middle of it',
      async run(t) {
        const [queue, other] = (await t.openSeveral(2)) as [TaskQueue, TaskQueue];
        const run = recorder(t);
        const rest = gate(t);
        const consumer = run.consume(queue, { concurrency: 2 }, () => rest.opened);
        await run.enqueue(queue, jobsOf(10));
        await untilHanded(t, 2, [consumer]);
        const stopped = consumer.stop();
        await run.enqueue(
          other,
          jobsOf(5, (n) => ({ id: `later ${n}` })),
        );
        rest.open();
        await until(
          t,
          () => consumer.running === 0,
          'the handlers to be over',
          () => consumer.running,
        );
        await stopped;
        await quiet(t);
        t.same(consumer.handed.length, 2, 'how many jobs a consumer that was stopped took');
        const next = run.consume(other, { concurrency: 2 });
        await untilHanded(t, 13, [next]);
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.stopping.before-it-begins',
      rule: 'Consuming with a signal that was aborted before takes nothing and resolves',
      anchor: 'TaskQueue.consume',
      why: 'a worker that is stopped while it starts would take one job more, or fail',
      async run(t) {
        const queue = await t.open();
        await queue.enqueue(jobsOf(3));
        let handed = 0;
        const options = { queues: ['q'], group: 'g', concurrency: 1, signal: AbortSignal.abort() };
        const ended = await queue.consume(options, async () => {
          handed += 1;
        });
        t.same(ended, undefined, 'what consume() with an aborted signal gives');
        await quiet(t);
        t.same(handed, 0, 'how many jobs it was handed');
        t.same((await queue.depth('q', 'g')).waiting, 3, 'the number of waiting jobs after that');
      },
    },
    {
      id: 'task-queue.stopping.at-once-when-idle',
      rule: 'A consumer that has nothing to do stops in bounded time',
      anchor: 'TaskQueue.consume',
      why: 'an idle worker that waits for its next job cannot be shut down',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const consumer = run.consume(queue, { concurrency: 2 });
        await run.enqueue(queue, [jobOf('job')]);
        await untilHanded(t, 1, [consumer]);
        let over = false;
        void consumer.stop().then(() => {
          over = true;
        });
        await until(
          t,
          () => over,
          'an idle consumer to stop',
          () => 'it waits',
        );
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.stopping.no-listener-left',
      rule: 'A consumer that stopped, and a call that is over, leave no listener on their signals',
      anchor: 'CallOptions.signal',
      why: 'the signal is that of the whole process: memory grows with each call, and Node warns',
      async run(t) {
        const queue = await t.open();
        const { signal } = new AbortController();
        await queue.enqueue([jobOf('job')], { signal });
        await queue.depth('q', 'g', { signal });
        t.same(getEventListeners(signal, 'abort').length, 0, 'the number of listeners left by calls');
        const stop = new AbortController();
        const options = { queues: ['q'], group: 'g', concurrency: 1, signal: stop.signal };
        await queue.consume(options, async () => stop.abort());
        const left = getEventListeners(stop.signal, 'abort').length;
        t.same(left, 0, 'the number of listeners left by a consumer');
      },
    },
  ],
};
