import type { Job, TaskQueue } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { idsOf, jobOf, jobsOf } from './jobs.ts';
import { recorder, until, untilHanded } from './recorder.ts';

/** More than any service gives in one piece, and than a message holds. */
const many = 1500;

export const enqueuing: CheckGroup<TaskQueue> = {
  id: 'enqueuing',
  title: 'Jobs that are enqueued and handed out',
  checks: [
    {
      id: 'task-queue.enqueuing.round-trip',
      rule: 'A handler is given the job as it was enqueued, and nothing else',
      anchor: 'Job',
      why: 'a worker finds its run by what the job says',
      async run(t) {
        const queue = await t.open();
        const { delayed } = t.capabilities;
        const jobs: readonly Job[] = [
          jobOf('plain'),
          jobOf('all', {
            runId: 'grüße.\u{1f600}',
            stepId: 'a.b[0]',
            attempt: 7,
            priority: -3,
            key: 'kéy',
            ...(delayed && { notBefore: 1_234_567 }),
          }),
          jobOf('undefined', { key: undefined, notBefore: undefined } as unknown as Partial<Job>),
        ];
        const run = recorder(t);
        const consumer = run.consume(queue, {});
        await run.enqueue(queue, [{ ...jobs[0], extra: 'not a member' } as unknown as Job, ...jobs.slice(1)]);
        await untilHanded(t, 3, [consumer]);
        const expected = [jobs[0], jobs[1], jobOf('undefined')] as readonly Job[];
        for (const job of expected) {
          const seen = consumer.handed.find(({ id }) => id === job.id);
          t.same(seen, job, `the job ${job.id} that a handler is given`);
        }
      },
    },
    {
      id: 'task-queue.enqueuing.own-memory',
      rule: 'What whoever enqueued a job, or an earlier handler, does to it changes nothing',
      anchor: 'Job',
      why: 'a job that changes in the queue is worked on for another run',
      async run(t) {
        const queue = await t.open();
        const job = { ...jobOf('job', { runId: 'before' }) };
        await queue.enqueue([job]);
        job.runId = 'after';
        const seen: string[] = [];
        const run = recorder(t);
        const consumer = run.consume(queue, {}, (handed) => {
          seen.push(handed.runId);
          try {
            (handed as { runId: string }).runId = 'changed by a handler';
          } catch {
            // It is frozen, which is as good.
          }
          if (seen.length === 1) throw new Error('again');
        });
        await untilHanded(t, 2, [consumer], 2 * t.callDeadlineMs + t.capabilities.maxRedeliveryMs);
        t.same(seen, ['before', 'before'], 'the runId that two handlers are given');
      },
    },
    {
      id: 'task-queue.enqueuing.before-consumers',
      rule: 'The first group is handed what was enqueued before it came',
      anchor: 'TaskQueue',
      why: 'work that is sent while all workers restart would never be done',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        await run.enqueue(queue, jobsOf(20));
        const consumer = run.consume(queue, {});
        await untilHanded(t, 20, [consumer]);
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.enqueuing.while-consumers-wait',
      rule: 'A consumer that waits is handed what is enqueued then, each time',
      anchor: 'TaskQueue.consume',
      why: 'a worker that found nothing once would never work again',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const consumer = run.consume(queue, {});
        for (let n = 1; n <= 5; n += 1) {
          await run.enqueue(queue, [jobOf(`${n}`)]);
          await untilHanded(t, n, [consumer]);
        }
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.enqueuing.ids-are-not-compared',
      rule: 'A job that is enqueued twice is handed out twice',
      anchor: 'Job.id',
      why: 'a run that goes on after it was left sends its job again, and the one before may be settled',
      async run(t) {
        const queue = await t.open();
        const consumer = recorder(t).consume(queue, {});
        await queue.enqueue([jobOf('same'), jobOf('same', { attempt: 2 })]);
        await untilHanded(t, 2, [consumer]);
        await queue.enqueue([jobOf('same', { attempt: 3 })]);
        await untilHanded(t, 3, [consumer]);
        const attempts = consumer.handed.map(({ attempt }) => attempt).sort();
        t.same(attempts, [1, 2, 3], 'the attempts of the jobs of one id');
      },
    },
    {
      id: 'task-queue.enqueuing.large-batches',
      rule: `${many} jobs of one call are handed out, each once`,
      anchor: 'TaskQueue.enqueue',
      why: 'a map over a long list sends all of its items',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        await run.enqueue(
          queue,
          jobsOf(many, (n) => (n % 3 ? { key: `key ${n % 10}` } : {})),
        );
        const consumer = run.consume(queue, { concurrency: 8 });
        await untilHanded(t, many, [consumer], 4 * t.callDeadlineMs);
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.enqueuing.several-queues',
      rule: 'A consumer is handed the jobs of all its queues and of no other, however full one of them is',
      anchor: 'ConsumeOptions.queues',
      why: 'work in another queue is for workers that know how to do it',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const full = jobsOf(200, (n) => ({ id: `a${n}`, queue: 'a' }));
        const others = [
          jobOf('b1', { queue: 'b' }),
          jobOf('c1', { queue: 'c' }),
          jobOf('d1', { queue: 'd' }),
        ];
        await run.enqueue(queue, [...full, ...others]);
        const consumer = run.consume(queue, { queues: ['a', 'b', 'c'] });
        await untilHanded(t, 202, [consumer]);
        const place = Math.max(idsOf(consumer.handed).indexOf('b1'), idsOf(consumer.handed).indexOf('c1'));
        t.that(place < 200, 'jobs of other queues to go before the last of a full one', `place ${place + 1}`);
        await run.nothingWrong();
        t.same(
          consumer.handed.filter(({ queue: name }) => name === 'd').length,
          0,
          'jobs of a queue it is not for',
        );
      },
    },
    {
      id: 'task-queue.enqueuing.all-or-nothing',
      rule: 'A list with a job that is refused enqueues none',
      anchor: 'TaskQueue.enqueue',
      why: 'whoever is told that nothing was sent sends it all again',
      async run(t) {
        const queue = await t.open();
        const refused = { ...jobOf('bad'), attempt: 0 };
        const list = [jobOf('first'), jobOf('second', { queue: 'other' }), refused, jobOf('last')];
        await t.refuses(() => queue.enqueue(list), 'enqueue() of a list with a bad job', {
          code: 'AIWORK_INVALID_ARGUMENT',
        });
        const run = recorder(t);
        await run.enqueue(queue, [jobOf('good')]);
        const consumer = run.consume(queue, { queues: ['q', 'other'] });
        await until(
          t,
          () => idsOf(consumer.handed).includes('good'),
          'the good job to be handed out',
          () => [...idsOf(consumer.handed)],
        );
        await run.nothingWrong();
        t.same(idsOf(consumer.handed), ['good'], 'what is handed out after a list was refused');
      },
    },
    {
      id: 'task-queue.enqueuing.no-jobs',
      rule: 'An empty list is enqueued without effect',
      anchor: 'TaskQueue.enqueue',
      why: 'a map over nothing sends nothing, and must not fail',
      async run(t) {
        const queue = await t.open();
        t.same(await queue.enqueue([]), undefined, 'what enqueue() of no jobs gives');
        t.same((await queue.depth('q', 'g')).waiting, 0, 'the number of waiting jobs');
      },
    },
  ],
};
