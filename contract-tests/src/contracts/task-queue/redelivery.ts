import type { TaskQueue } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { fail, gate, idsOf, jobOf, jobsOf } from './jobs.ts';
import { patienceMs, recorder, timeOf, until, untilHanded } from './recorder.ts';

/** A busy machine notices late. */
const slackMs = 250;

export const redelivery: CheckGroup<TaskQueue> = {
  id: 'redelivery',
  title: 'Jobs that are given back',
  checks: [
    {
      id: 'task-queue.redelivery.after-a-throw',
      rule: 'A job whose handler throws is handed out again, in the declared time',
      anchor: 'JobHandler',
      why: 'a run that was left by its worker would wait for ever',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const times: number[] = [];
        const consumer = run.consume(queue, {}, (_job, _control, nth) => {
          times.push(timeOf(t));
          if (nth === 1) fail();
        });
        await run.enqueue(queue, [jobOf('job')]);
        const { maxRedeliveryMs } = t.capabilities;
        await untilHanded(t, 2, [consumer], patienceMs(t) + maxRedeliveryMs);
        const [first = 0, second = 0] = times;
        t.that(
          second - first <= maxRedeliveryMs + slackMs,
          `a job to be handed out again within ${maxRedeliveryMs} ms`,
          `${second - first} ms`,
        );
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.redelivery.whatever-is-thrown',
      rule: 'Whatever a handler throws gives its job back, and ends no consumer',
      anchor: 'JobHandler',
      why: 'one bad step would take its whole worker with it',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const thrown: readonly unknown[] = [
          undefined,
          null,
          'text',
          0,
          Object.create(null),
          new Error('late'),
        ];
        const consumer = run.consume(queue, { concurrency: 3 }, ({ id }, _control, nth) => {
          if (nth <= thrown.length) throw thrown[Number(id) - 1];
        });
        await run.enqueue(queue, jobsOf(thrown.length));
        await untilHanded(
          t,
          2 * thrown.length,
          [consumer],
          patienceMs(t) + 2 * t.capabilities.maxRedeliveryMs,
        );
        await run.enqueue(queue, [jobOf('after')]);
        await until(
          t,
          () => idsOf(consumer.handed).includes('after'),
          'a job after that to be handed out',
          () => [...idsOf(consumer.handed)],
        );
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.redelivery.others-go-on',
      rule: 'While a job is given back or takes long, others without its key are handed out and settled',
      anchor: 'TaskQueue',
      why: 'one slow step would hold up everything that came after it',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const rest = gate(t);
        let failures = 0;
        const work = ({ id }: { readonly id: string }) => {
          if (id === 'slow') return rest.opened;
          if (id !== 'failing' || failures === 1) return undefined;
          failures += 1;
          return fail();
        };
        const consumer = run.consume(queue, { concurrency: 2 }, work);
        await run.enqueue(queue, [jobOf('slow'), jobOf('failing'), ...jobsOf(20)]);
        await untilHanded(t, 23, [consumer], patienceMs(t) + t.capabilities.maxRedeliveryMs);
        await consumerSettles(1);
        rest.open();
        await run.nothingWrong();
        await consumer.stop();
        t.same((await queue.depth('q', 'g')).waiting, 0, 'the number of waiting jobs after all were done');

        async function consumerSettles(running: number): Promise<void> {
          await until(
            t,
            () => consumer.running === running,
            'all but the slow job to be over',
            () => `${consumer.running} handlers run`,
          );
        }
      },
    },
    {
      id: 'task-queue.redelivery.not-what-is-settled',
      rule: 'What was settled is not handed out again, also when a job before it was given back, or a consumer comes after',
      anchor: 'TaskQueue',
      why: 'a log that is committed up to a position settles what failed, or repeats what succeeded',
      async run(t) {
        const [queue, other] = (await t.openSeveral(2)) as [TaskQueue, TaskQueue];
        const run = recorder(t);
        const given = new Set<string>();
        const first = run.consume(queue, { concurrency: 4 }, ({ id }) => {
          if (Number(id) % 5 !== 1 || given.has(id)) return;
          given.add(id);
          fail();
        });
        await run.enqueue(queue, jobsOf(20));
        await untilHanded(t, 20, [first]);
        await first.stop();
        const second = run.consume(other, { concurrency: 4 });
        await untilHanded(t, 24, [first, second], patienceMs(t) + t.capabilities.maxRedeliveryMs);
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.redelivery.until-it-is-settled',
      rule: 'A job is handed out again as often as it is given back, short of being dead-lettered',
      anchor: 'TaskQueueCapabilities.deadLetters',
      why: 'an outage that lasts a little longer than one attempt would lose the work',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const { deadLetters, maxRedeliveryMs } = t.capabilities;
        const times = deadLetters ? Math.min(deadLetters.maxDeliveries, 6) : 6;
        const consumer = run.consume(queue, {}, (_job, _control, nth) => {
          if (nth < times) fail();
        });
        await run.enqueue(queue, [jobOf('job')]);
        await untilHanded(t, times, [consumer], patienceMs(t) + times * maxRedeliveryMs);
        await run.nothingWrong();
        await consumer.stop();
        const depth = await queue.depth('q', 'g');
        t.same(
          depth,
          { waiting: 0, inFlight: 0, deadLettered: 0 },
          'what is left when the last handler settled it',
        );
      },
    },
  ],
};
