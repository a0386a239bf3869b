import type { TaskQueue, TaskQueueCapabilities } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { jobOf } from './jobs.ts';
import { patienceMs, type QueueChecks, recorder, timeOf, untilHanded } from './recorder.ts';

const declared = ({ delayed }: TaskQueueCapabilities) =>
  delayed !== false || 'no delays are declared; task-queue.delays.refused checks that';

const maxLateOf = ({ capabilities: { delayed } }: QueueChecks) => (delayed ? delayed.maxLateMs : 0);

/** A busy machine notices late. */
const slackMs = 250;

export const delays: CheckGroup<TaskQueue> = {
  id: 'delays',
  title: 'Jobs that are delayed',
  checks: [
    {
      id: 'task-queue.delays.in-time',
      rule: 'A delayed job is handed out at its time: not before, and no later than declared',
      anchor: 'TaskQueueCapabilities.delayed',
      why: 'a step that waits for a time would be done before it, or long after',
      when: declared,
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const at = new Map<string, number>();
        const begin = timeOf(t);
        const delaysMs = [400, 100, 250, 100];
        // Enqueued before there is a consumer, and after.
        const jobs = delaysMs.map((ms, n) => jobOf(`${n}`, { notBefore: begin + ms }));
        await run.enqueue(queue, jobs.slice(0, 2));
        const consumer = run.consume(queue, { concurrency: 4 }, ({ id }) => at.set(id, timeOf(t)));
        await run.enqueue(queue, jobs.slice(2));
        await untilHanded(t, 4, [consumer], patienceMs(t) + 400 + maxLateOf(t));
        await run.nothingWrong();
        const lateMs = maxLateOf(t) + (t.manualTime ? slackMs : patienceMs(t));
        for (const { id, notBefore = 0 } of jobs) {
          const late = (at.get(id) ?? 0) - notBefore;
          t.that(late <= lateMs, `a job to be handed out at most ${lateMs} ms after its time`, `${late} ms`);
        }
      },
    },
    {
      id: 'task-queue.delays.pass-over',
      rule: 'Jobs that may go do not wait for those that may not yet',
      anchor: 'Job.notBefore',
      why: 'one job for tomorrow would hold up all of today',
      when: declared,
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const far = timeOf(t) + 3_600_000;
        await run.enqueue(queue, [
          jobOf('tomorrow', { notBefore: far, priority: 9 }),
          jobOf('now'),
          jobOf('past', { notBefore: timeOf(t) - 1000 }),
        ]);
        const consumer = run.consume(queue, {});
        await untilHanded(t, 2, [consumer]);
        await consumer.stop();
        t.same(
          consumer.handed.map(({ id }) => id).toSorted(),
          ['now', 'past'],
          'what is handed out beside a job for tomorrow',
        );
        t.same((await queue.depth('q', 'g')).waiting, 1, 'the number of jobs that wait for their time');
      },
    },
    {
      id: 'task-queue.delays.refused',
      rule: 'A queue that declares no delays refuses a job with `notBefore`',
      anchor: 'TaskQueueCapabilities.delayed',
      why: 'a job that is handed out at once was not to be',
      when: ({ delayed }) => delayed === false || 'delays are declared',
      async run(t) {
        const queue = await t.open();
        const jobs = [jobOf('now'), jobOf('later', { notBefore: timeOf(t) + 1000 })];
        await t.refuses(() => queue.enqueue(jobs), 'enqueue() of a job with notBefore', {
          code: 'AIWORK_UNSUPPORTED_CAPABILITY',
        });
        t.same((await queue.depth('q', 'g')).waiting, 0, 'the number of waiting jobs after a refused list');
      },
    },
  ],
};
