import type { TaskQueue } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { gate, idsOf, jobOf, jobsOf } from './jobs.ts';
import { quiet, recorder, until, untilBegun, untilHanded } from './recorder.ts';

const counts = [1, 2, 8] as const;
const jobs = 60;

export const consumers: CheckGroup<TaskQueue> = {
  id: 'consumers',
  title: 'Consumers and groups',
  checks: [
    {
      id: 'task-queue.consumers.share',
      rule: 'Of 1, 2 and 8 consumers of a group, each job is handed to one',
      anchor: 'ConsumeOptions.group',
      why: 'every step would be done as often as there are workers',
      async run(t) {
        for (const count of counts) {
          const run = recorder(t);
          const queues = [`q${count}`];
          const clients = await t.openSeveral(count);
          const all = clients.map((client) => run.consume(client, { queues, concurrency: 3 }));
          await run.enqueue(
            clients[0] as TaskQueue,
            jobsOf(jobs, () => ({ queue: `q${count}` })),
          );
          await untilHanded(t, jobs, all);
          await Promise.all(all.map((consumer) => consumer.stop()));
          await run.nothingWrong();
        }
      },
    },
    {
      id: 'task-queue.consumers.groups-get-all',
      rule: 'Each of 1, 2 and 8 groups is handed every job',
      anchor: 'TaskQueue',
      why: 'a group of its own is how somebody else listens without taking work away',
      async run(t) {
        for (const count of counts) {
          const run = recorder(t);
          const queues = [`q${count}`];
          const clients = await t.openSeveral(count);
          const all = clients.map((client, n) =>
            run.consume(client, { queues, group: `g${n}`, concurrency: 3 }),
          );
          const [producer] = clients as [TaskQueue];
          await untilBegun(t, run, producer, all, `q${count}`);
          await run.enqueue(
            producer,
            jobsOf(jobs, () => ({ queue: `q${count}` })),
          );
          const ownCount = (ids: readonly string[]) => ids.filter((id) => !id.startsWith('greeting')).length;
          await until(
            t,
            () => all.every(({ handed }) => ownCount(idsOf(handed)) >= jobs),
            `each of ${count} groups to be handed ${jobs} jobs`,
            () => all.map(({ handed }) => ownCount(idsOf(handed))),
          );
          await run.nothingWrong();
          await Promise.all(all.map((consumer) => consumer.stop()));
        }
      },
    },
    {
      id: 'task-queue.consumers.room-kept',
      rule: 'No more handlers run at once than `concurrency` says',
      anchor: 'ConsumeOptions.concurrency',
      why: 'it is how a worker keeps within its memory, and within what a model lets it ask for',
      async run(t) {
        const queue = await t.open();
        for (const concurrency of [1, 3]) {
          const run = recorder(t);
          const rest = gate(t);
          const queues = [`q${concurrency}`];
          await run.enqueue(
            queue,
            jobsOf(20, () => ({ queue: `q${concurrency}` })),
          );
          const consumer = run.consume(queue, { queues, concurrency }, () => rest.opened);
          await untilHanded(t, concurrency, [consumer]);
          await quiet(t);
          t.same(consumer.mostAtOnce, concurrency, `the handlers at once with concurrency ${concurrency}`);
          rest.open();
          await untilHanded(t, 20, [consumer]);
          t.that(
            consumer.mostAtOnce <= concurrency,
            `at most ${concurrency} handlers at once`,
            consumer.mostAtOnce,
          );
          await consumer.stop();
          await run.nothingWrong();
        }
      },
    },
    {
      id: 'task-queue.consumers.room-used',
      rule: 'As many handlers run at once as there are jobs without a key and room for them',
      anchor: 'ConsumeOptions.concurrency',
      why: 'steps that could be done together would be done one by one',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const rest = gate(t);
        const consumer = run.consume(queue, { concurrency: 8 }, () => rest.opened);
        await run.enqueue(queue, jobsOf(8));
        await until(
          t,
          () => consumer.running === 8,
          '8 handlers to run at once',
          () => `${consumer.running} do`,
        );
        rest.open();
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.consumers.any-client',
      rule: 'What one client enqueued, another is handed',
      anchor: 'TaskQueue',
      why: 'whoever sends work and whoever does it are different processes',
      needs: ['second-client'],
      async run(t) {
        const [a, b] = [await t.open(), await t.open()];
        const run = recorder(t);
        const consumer = run.consume(b, {});
        await run.enqueue(a, jobsOf(5));
        await untilHanded(t, 5, [consumer]);
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.consumers.taken-over',
      rule: 'When a consumer stops or its client is closed, those that stay are handed what comes',
      anchor: 'TaskQueue.consume',
      why: 'workers come and go while work is under way',
      needs: ['second-client'],
      async run(t) {
        const [a, b, c] = [await t.open(), await t.open(), await t.open()];
        const run = recorder(t);
        const [first, second, third] = [run.consume(a, {}), run.consume(b, {}), run.consume(c, {})];
        const producer = await t.open();
        await run.enqueue(
          producer,
          jobsOf(20, (n) => ({ id: `with three ${n}` })),
        );
        await untilHanded(t, 20, [first, second, third]);
        await first.stop();
        await b.close();
        await run.enqueue(
          producer,
          jobsOf(20, (n) => ({ id: `with one ${n}` })),
        );
        await untilHanded(t, 40, [first, second, third]);
        await run.nothingWrong();
        t.that(
          third.handed.length >= 20,
          'the one that stays to be handed all that came later',
          third.handed.length,
        );
      },
    },
    {
      id: 'task-queue.consumers.kept-by-the-next',
      rule: 'Jobs are there for whoever opens the queue after all have closed it',
      anchor: 'Durability',
      why: 'a worker that ends after it handed its jobs on would have done so in vain',
      needs: ['second-client'],
      when: ({ durability }) =>
        durability !== 'process' || 'the queue declares that nothing outlives the process',
      async run(t) {
        const first = await t.open();
        const run = recorder(t);
        await run.enqueue(first, jobsOf(10));
        await first.close();
        const consumer = run.consume(await t.open(), {});
        await untilHanded(t, 10, [consumer]);
        await run.nothingWrong();
      },
    },
    {
      id: 'task-queue.consumers.namespaces',
      rule: 'Nothing of one namespace is handed out, counted or changed in another',
      anchor: 'TaskQueue',
      why: 'tenants share a service',
      async run(t) {
        const [a, b] = [await t.open({ namespace: 'a' }), await t.open({ namespace: 'b' })];
        const [inA, inB] = [recorder(t), recorder(t)];
        await inA.enqueue(a, [jobOf('of a')]);
        t.same((await b.depth('q', 'g')).waiting, 0, 'the waiting jobs in b of a job of a');
        const ofB = inB.consume(b, {});
        await inB.enqueue(b, [jobOf('of b')]);
        await untilHanded(t, 1, [ofB]);
        await quiet(t);
        t.same(idsOf(ofB.handed), ['of b'], 'what a consumer in b is handed');
        const ofA = inA.consume(a, {});
        await untilHanded(t, 1, [ofA]);
        await quiet(t);
        t.same(idsOf(ofA.handed), ['of a'], 'what a consumer in a is handed');
      },
    },
    {
      id: 'task-queue.consumers.similar-namespaces',
      rule: 'No queue reaches another namespace, whatever the two are called',
      anchor: 'TaskQueue',
      why: 'where namespace and queue are joined by a separator, a name that holds it is in another namespace',
      async run(t) {
        for (const separator of ['.', '-', '_', '']) {
          const outer = await t.open({ namespace: 'x' });
          const inner = await t.open({ namespace: `x${separator}y` });
          const [inOuter, inInner] = [recorder(t), recorder(t)];
          const name = `y${separator}q`;
          await inOuter.enqueue(outer, [jobOf('of outer', { queue: name })]);
          const consumer = inInner.consume(inner, {});
          await inInner.enqueue(inner, [jobOf('of inner')]);
          await untilHanded(t, 1, [consumer]);
          await quiet(t);
          t.same(
            idsOf(consumer.handed),
            ['of inner'],
            `what queue "q" hands out in namespace "x${separator}y" beside "${name}" in "x"`,
          );
          await consumer.stop();
          const drain = inOuter.consume(outer, { queues: [name] });
          await untilHanded(t, 1, [drain]);
          await drain.stop();
        }
      },
    },
  ],
};
