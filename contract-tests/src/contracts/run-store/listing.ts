import type { RunQuery, RunStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { forEachOf } from '../collect.ts';
import { count, create, start, write } from './journal.ts';

/** Ids on all pages of a listing. */
async function listAll(store: RunStore, query: RunQuery): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list({ ...query, ...(cursor !== undefined && { cursor }) });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.cursor;
  } while (cursor !== undefined && ids.length < 10_000);
  return ids;
}

export const listing: CheckGroup<RunStore> = {
  id: 'list',
  title: 'Listing runs',
  checks: [
    {
      id: 'run-store.list.newest-first',
      rule: 'Runs are listed page by page, the one created last first, each once; no cursor on the last page',
      anchor: 'RunStore.list',
      why: 'a listing that repeats or skips runs cannot be trusted for any count',
      async run(t) {
        const store = await t.open();
        const ids = count(1, 7).map(String);
        for (const id of ids) await create(store, id);
        const newest = ids.toReversed();
        const first = await store.list({ limit: 3 });
        t.same(
          first.items.map(({ id }) => id),
          newest.slice(0, 3),
          'the first page',
        );
        t.same(first.items[0], await store.getRun('7'), 'a record of the page');
        t.same(await listAll(store, { limit: 3 }), newest, 'all pages of 3');
        t.same((await store.list({ limit: 7 })).cursor, undefined, 'the cursor of a page that is just full');
      },
    },
    {
      id: 'run-store.list.beyond-a-page',
      rule: 'All runs are listed, 100 on a page unless asked for up to 1000',
      anchor: 'RunQuery.limit',
      why: 'what is cut off is never cleaned up',
      async run(t) {
        const store = await t.open();
        await forEachOf(
          Array.from({ length: 1300 }, (_, n) => `run ${n}`),
          (id) => create(store, id),
        );
        t.same((await store.list()).items.length, 100, 'the number of runs on a page by default');
        t.same(
          (await store.list({ limit: 1000 })).items.length,
          1000,
          'the number of runs on a page of 1000',
        );
        t.same(new Set(await listAll(store, {})).size, 1300, 'the number of different runs listed of 1300');
      },
    },
    {
      id: 'run-store.list.all-conditions',
      rule: 'All conditions hold of what is listed, by the status a run has now',
      anchor: 'RunQuery',
      why: 'operators act on what such a listing shows',
      async run(t) {
        const store = await t.open();
        await create(store, 'a', { tags: ['x', 'y'], status: 'queued' });
        await create(store, 'b', { tags: ['x'], unitId: 'other' });
        await create(store, 'c', { tags: ['xy', 'x', 'x'] });
        await create(store, 'd', { tags: ['%', 'X'] });
        await store.append('c', { expectedSeq: 0, events: [], status: 'queued' });
        const cases: readonly (readonly [RunQuery, readonly string[]])[] = [
          [{ tag: 'x' }, ['c', 'b', 'a']],
          [{ tag: '%' }, ['d']],
          [{ status: 'queued' }, ['c', 'a']],
          [{ status: 'running' }, ['d', 'b']],
          [{ unitId: 'unit', tag: 'x' }, ['c', 'a']],
          [{ unitId: 'unit', tag: 'y', status: 'queued' }, ['a']],
          [{ unitId: 'uni' }, []],
        ];
        for (const [query, expected] of cases) {
          t.same(
            await listAll(store, { ...query, limit: 1 }),
            expected,
            `the runs listed by ${JSON.stringify(query)}`,
          );
        }
      },
    },
    {
      id: 'run-store.list.while-others-change',
      rule: 'A listing goes on below its cursor, whatever is created and deleted meanwhile',
      anchor: 'RunQuery.cursor',
      why: 'paging by offset skips one run for every run that is deleted',
      async run(t) {
        const store = await t.open();
        for (const n of count(1, 7)) await create(store, String(n), { status: 'failed' });
        const { cursor } = await store.list({ limit: 3 });
        await create(store, '8');
        await write(store, '4', 1);
        await write(store, '2', 1);
        const pruned = await store.prune(start + 1);
        t.same([...pruned].sort(), ['1', '3', '5', '6', '7'], 'the runs pruned');
        const rest = await store.list({ limit: 3, cursor: cursor as string });
        t.same(
          rest.items.map(({ id }) => id),
          ['4', '2'],
          'the second page',
        );
      },
    },
    {
      id: 'run-store.list.refuses-nonsense',
      rule: 'A limit is a whole number from 1 to 1000, and a cursor one that a listing gave',
      anchor: 'RunQuery.limit',
      why: 'a limit read as "all" empties the memory of a server',
      async run(t) {
        const store = await t.open();
        const bad = [
          { limit: 0 },
          { limit: -1 },
          { limit: 1001 },
          { limit: 1.5 },
          { cursor: "' OR 1" },
          { cursor: '' },
        ];
        for (const query of bad) {
          await t.refuses(() => store.list(query), `list() with ${JSON.stringify(query)}`, {
            code: 'AIWORK_INVALID_ARGUMENT',
            notApplied: false,
          });
        }
      },
    },
  ],
};
