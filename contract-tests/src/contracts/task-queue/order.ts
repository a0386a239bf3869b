import type { TaskQueue, TaskQueueCapabilities } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { fail, idsOf, jobOf, jobsOf } from './jobs.ts';
import { patienceMs, recorder, timeOf, untilHanded } from './recorder.ts';

const perKey = ({ ordering }: TaskQueueCapabilities) =>
  ordering === 'per-key' || 'no order of the jobs of a key is declared';

const keyed = (count: number, keys: number) => jobsOf(count, (n) => ({ key: `key ${n % keys}` }));

export const order: CheckGroup<TaskQueue> = {
  id: 'order',
  title: 'Order',
  checks: [
    {
      id: 'task-queue.order.of-a-key',
      rule: 'Jobs of one key are handed out one after the other, in the order in which they were enqueued',
      anchor: 'TaskQueueCapabilities.ordering',
      why: 'two steps of one run that must not overtake each other do',
      when: perKey,
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const consumer = run.consume(queue, { concurrency: 8 }, () => t.wait(t.random.integer(0, 2)));
        for (let n = 0; n < 60; n += 20) {
          await run.enqueue(queue, keyed(60, 4).slice(n, n + 20));
        }
        await untilHanded(t, 60, [consumer]);
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.order.whatever-the-priority',
      rule: 'Jobs of one key keep their order whatever their priority is',
      anchor: 'Job.priority',
      why: 'a priority that is raised in the middle of a run would turn its steps round',
      when: perKey,
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        await run.enqueue(
          queue,
          jobsOf(20, (n) => ({ key: 'key', priority: n })),
        );
        const consumer = run.consume(queue, { concurrency: 4 });
        await untilHanded(t, 20, [consumer]);
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.order.over-redelivery',
      rule: 'While a job is to be handed out again, later ones of its key wait',
      anchor: 'TaskQueueCapabilities.ordering',
      why: 'what depends on a step that failed once would be done before it',
      when: perKey,
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        await run.enqueue(queue, keyed(12, 3));
        const failed = new Set<string>();
        const consumer = run.consume(queue, { concurrency: 4 }, ({ id }) => {
          if (Number(id) % 2 === 0 || failed.has(id)) return;
          failed.add(id);
          fail();
        });
        // Those of a key that fail, do so one after the other.
        const withinMs = patienceMs(t) + 4 * t.capabilities.maxRedeliveryMs;
        await untilHanded(t, 18, [consumer], withinMs);
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.order.over-consumers',
      rule: 'Several consumers of a group keep the order of a key together',
      anchor: 'TaskQueueCapabilities.ordering',
      why: 'each worker by itself does, and two of them still turn a run round',
      needs: ['second-client'],
      when: perKey,
      async run(t) {
        const clients = await t.openSeveral(4);
        const run = recorder(t);
        const all = clients.map((client) =>
          run.consume(client, { concurrency: 2 }, () => t.wait(t.random.integer(0, 2))),
        );
        for (let n = 0; n < 80; n += 8) {
          await run.enqueue(clients[(n / 8) % 4] as TaskQueue, keyed(80, 3).slice(n, n + 8));
        }
        await untilHanded(t, 80, all);
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.order.behind-a-delayed-one',
      rule: 'A job waits for an earlier one of its key that is delayed',
      anchor: 'TaskQueueCapabilities.ordering',
      why: 'an earlier step that waits is overtaken by the one after it',
      when: (capabilities) =>
        (capabilities.delayed !== false || 'no delays are declared') && perKey(capabilities),
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const { delayed } = t.capabilities;
        const maxLateMs = delayed ? delayed.maxLateMs : 0;
        await run.enqueue(queue, [
          jobOf('delayed', { key: 'key', notBefore: timeOf(t) + 300 }),
          jobOf('behind', { key: 'key' }),
          jobOf('beside'),
        ]);
        const consumer = run.consume(queue, {});
        await untilHanded(t, 3, [consumer], patienceMs(t) + 300 + maxLateMs);
        await run.nothingWrong();
        const ofKey = idsOf(consumer.handed).filter((id) => id !== 'beside');
        t.same(ofKey, ['delayed', 'behind'], 'the order of the jobs of the key');
      },
    },
    {
      id: 'task-queue.order.priorities',
      rule: 'Of the jobs that wait, those of a higher priority are handed out first',
      anchor: 'TaskQueueCapabilities.priorities',
      why: 'what a user waits for stands behind what nobody waits for',
      when: ({ priorities }) => priorities || 'no priorities are declared',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const priorities = [0, 5, -2, 5, 9, 0, -2, 9];
        await run.enqueue(
          queue,
          priorities.map((priority, n) => jobOf(`${n}`, { priority })),
        );
        const consumer = run.consume(queue, {});
        await untilHanded(t, priorities.length, [consumer]);
        const seen = consumer.handed.map(({ priority }) => priority);
        t.same(seen, [9, 9, 5, 5, 0, 0, -2, -2], 'the priorities in the order in which jobs are handed out');
        await run.nothingWrong();
      },
    },
  ],
};
