import type { RunStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { forEachOf } from '../collect.ts';
import { create, seqsOf, start, write } from './journal.ts';

export const pruning: CheckGroup<RunStore> = {
  id: 'prune',
  title: 'Pruning',
  checks: [
    {
      id: 'run-store.prune.finished-and-old',
      rule: 'Deleted are finished runs last updated before the given time, and no others',
      anchor: 'RunStore.prune',
      why: 'there is no way back',
      async run(t) {
        const store = await t.open();
        for (const status of ['succeeded', 'failed', 'cancelled', 'queued', 'running', 'waiting'] as const) {
          await create(store, status, { status });
        }
        await create(store, 'touched', { status: 'succeeded' });
        await write(store, 'touched', 1);
        t.same(await store.prune(start), [], 'prune() before the time of their last update');
        const pruned = await store.prune(start + 1);
        t.same(
          [...pruned].sort(),
          ['cancelled', 'failed', 'succeeded'],
          'the runs pruned a millisecond later',
        );
        const left = (await store.list()).items.map(({ id }) => id);
        t.same(left, ['touched', 'waiting', 'running', 'queued'], 'the runs that are left');
        t.same(await store.getRun('failed'), undefined, 'the record of a run that was pruned');
      },
    },
    {
      id: 'run-store.prune.with-its-events',
      rule: 'A run is deleted with its events',
      anchor: 'RunStore.prune',
      why: 'retention is promised to people whose data it is, and the next run of that id must not inherit them',
      async run(t) {
        const store = await t.open();
        await create(store, 'run', { status: 'failed' });
        await store.lease('run', 'a', 600_000);
        await write(store, 'run', 1, 3);
        await store.prune(start + 100);
        t.same(await seqsOf(store, 'run'), [], 'the events of a run that was pruned');
        await create(store, 'run');
        t.same(await seqsOf(store, 'run'), [], 'the events of a new run of the same id');
        await write(store, 'run', 1);
        t.same(await store.lease('run', 'b', 1000), true, 'lease() of a new run of the same id');
      },
    },
    {
      id: 'run-store.prune.until-none',
      rule: 'Called until it returns none, `prune` deletes all, each once and at most 1000 a call',
      anchor: 'RunStore.prune',
      why: 'retention that stops at its first page never catches up',
      async run(t) {
        const store = await t.open();
        await forEachOf(
          Array.from({ length: 1200 }, (_, n) => `run ${n}`),
          (id) => create(store, id, { status: 'failed' }),
        );
        const pruned: string[] = [];
        for (let calls = 0; calls < 1201; calls += 1) {
          const ids = await store.prune(start + 1);
          t.that(ids.length <= 1000, 'at most 1000 runs pruned by a call', ids.length);
          if (ids.length === 0) break;
          pruned.push(...ids);
        }
        t.same(
          [pruned.length, new Set(pruned).size],
          [1200, 1200],
          'the number of runs pruned, and of different ones',
        );
        t.same((await store.list()).items, [], 'the runs that are left');
      },
    },
  ],
};
