import type { RunStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { collect } from '../collect.ts';
import { namespacesApart } from '../look-alikes.ts';
import { create, runEvents, runRecord, seqsOf, start, write } from './journal.ts';

const rounds = 20;
const racers = 6;

export const clients: CheckGroup<RunStore> = {
  id: 'clients',
  title: 'Namespaces, several clients and races',
  checks: [
    {
      id: 'run-store.clients.namespaces',
      rule: 'Nothing of one namespace is seen or changed in another',
      anchor: 'RunStore',
      why: 'tenants share a service',
      async run(t) {
        const [a, b] = [await t.open({ namespace: 'a' }), await t.open({ namespace: 'b' })];
        await create(a, 'run', { status: 'failed' });
        await write(a, 'run', 1);
        t.same(await b.getRun('run'), undefined, 'getRun() in b of a run of a');
        t.same(await seqsOf(b, 'run'), [], 'events() in b of a run of a');
        t.same((await b.list()).items, [], 'list() in b');
        t.same(await b.prune(start + 99), [], 'prune() in b');
        t.same(await b.lease('run', 'owner', 1000), false, 'lease() in b of a run of a');
        await create(b, 'run');
        t.same(await a.due(start + 99, 10), [], 'due() in a of a run of b');
        t.same(await seqsOf(a, 'run'), [1], 'the events in a after b has a run of the same id');
      },
    },
    namespacesApart<RunStore>({
      id: 'run-store.clients.look-alikes',
      anchor: 'RunStore',
      write: create,
      async seen(store) {
        const listed = (await store.list()).items.map(({ id }) => id);
        return [...new Set([...listed, ...(await store.due(start, 10))])];
      },
    }),
    {
      id: 'run-store.clients.see-each-other',
      rule: 'What one client wrote, every client reads',
      anchor: 'RunStore',
      why: 'a run goes on in another process than it began in',
      needs: ['second-client'],
      async run(t) {
        const [a, b] = [await t.open(), await t.open()];
        await create(a, 'run');
        for (let seq = 1; seq <= 6; seq += 1) {
          await write(seq % 2 ? a : b, 'run', seq);
          for (const reader of [a, b]) {
            t.same(
              (await seqsOf(reader, 'run')).length,
              seq,
              `the number of events a client reads after ${seq} appends`,
            );
            t.same((await reader.getRun('run'))?.updatedAt, start + seq, `updatedAt after ${seq} appends`);
          }
        }
        await a.lease('run', 'worker a', 60_000);
        t.same(await b.lease('run', 'worker b', 60_000), false, 'lease() by another client');
        t.same(await b.due(start, 10), [], 'due() in another client');
        await a.close();
        t.same((await seqsOf(b, 'run')).length, 6, 'the number of events after the other client was closed');
      },
    },
    {
      id: 'run-store.clients.one-creator',
      rule: 'Of several that create a run at once, one does',
      anchor: 'RunStore.createRun',
      why: 'a schedule that fires in every process starts its run once',
      async run(t) {
        const stores = await t.openSeveral(racers);
        for (let round = 0; round < rounds; round += 1) {
          const id = `run ${round}`;
          const results = await Promise.all(
            stores.map((store, n) =>
              store.createRun(runRecord(id, { unitId: `${n}` }), { lease: { owner: `${n}`, ttlMs: 60_000 } }),
            ),
          );
          const winners = results.flatMap((result, n) => (result === 'created' ? [`${n}`] : []));
          t.same(winners.length, 1, `the number of ${racers} at once who were told 'created'`);
          t.same((await stores[0]?.getRun(id))?.unitId, winners[0], 'whose record was kept');
          t.same(await stores[1]?.lease(id, winners[0] as string, 1000), true, 'lease() for who created it');
        }
      },
    },
    {
      id: 'run-store.clients.one-append',
      rule: 'Of several appends with the same `expectedSeq` at once, one is applied',
      anchor: 'RunStore.append',
      why: 'two owners of one run would both believe that their step is journaled',
      async run(t) {
        const stores = await t.openSeveral(racers);
        const [first] = stores as [RunStore];
        await create(first, 'run');
        for (let round = 0; round < rounds; round += 1) {
          const results = await Promise.all(
            stores.map((store, n) => {
              const events = runEvents('run', round + 1).map(
                (event) => ({ ...event, stepId: `${n}` }) as typeof event,
              );
              return store.append('run', { expectedSeq: round, events });
            }),
          );
          const winners = results.flatMap(({ applied }, n) => (applied ? [`${n}`] : []));
          t.same(winners.length, 1, `the number of appends applied of ${racers} at once`);
          const kept = await collect(first.events('run', { afterSeq: round }));
          t.same(
            kept.map((event) => 'stepId' in event && event.stepId),
            winners,
            'whose event was kept',
          );
        }
      },
    },
    {
      id: 'run-store.clients.one-holder',
      rule: 'Of several owners that take a free lease at once, one gets it',
      anchor: 'RunStore.lease',
      why: 'two holders of one lease run every step twice',
      async run(t) {
        const stores = await t.openSeveral(racers);
        for (let round = 0; round < rounds; round += 1) {
          const id = `run ${round}`;
          await create(stores[0] as RunStore, id);
          const taken = await Promise.all(stores.map((store, n) => store.lease(id, `owner ${n}`, 60_000)));
          t.same(taken.filter(Boolean).length, 1, `the number of ${racers} owners at once who got the lease`);
        }
      },
    },
    {
      id: 'run-store.clients.kept-by-the-next',
      rule: 'What was acknowledged is there for whoever opens the store after all have closed it',
      anchor: 'RunStoreCapabilities.durability',
      why: 'it is what durable means, before anything is killed',
      needs: ['second-client'],
      when: ({ durability }) =>
        durability !== 'process' || 'the store declares that nothing outlives the process',
      async run(t) {
        const first = await t.open();
        await create(first, 'run', { input: { n: 1 } });
        await write(first, 'run', 1, 50);
        await first.close();
        const second = await t.open();
        const expected = runRecord('run', { input: { n: 1 }, updatedAt: start + 50 });
        t.same(await second.getRun('run'), expected, 'the record after all clients were closed');
        t.same(
          (await seqsOf(second, 'run')).length,
          50,
          'the number of 50 events after all clients were closed',
        );
      },
    },
  ],
};
