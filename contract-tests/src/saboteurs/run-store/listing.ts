import { AiworkError, type RunEvent, type RunStore } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';

const all = async (store: RunStore) => (await store.list({ limit: 1000 })).items;

export const listingSaboteurs: readonly Saboteur<RunStore>[] = [
  {
    id: 'cursor-on-full-page',
    breaks: 'Gives a cursor with every page that is full',
    caughtBy: [
      {
        check: 'run-store.list.newest-first',
        message: 'the cursor of a page that is just full to be undefined',
      },
    ],
    sabotage: inClients((store) => ({
      async list(query) {
        const page = await store.list(query);
        return page.items.length === query?.limit ? { cursor: '1', ...page } : page;
      },
    })),
  },
  {
    id: 'lists-oldest-first',
    breaks: 'Lists the run that was created first first',
    caughtBy: [{ check: 'run-store.list.newest-first', message: 'the first page to be' }],
    sabotage: inClients((store) => ({
      async list(query) {
        const page = await store.list(query);
        return { ...page, items: page.items.toReversed() };
      },
    })),
  },
  {
    id: 'pages-of-ten',
    breaks: 'Gives pages of 10 unless asked for more',
    caughtBy: [
      { check: 'run-store.list.beyond-a-page', message: 'the number of runs on a page by default to be 100' },
    ],
    sabotage: inClients((store) => ({ list: (query) => store.list({ limit: 10, ...query }) })),
  },
  {
    id: 'lists-by-first-status',
    breaks: 'Filters by the status a run was created with',
    caughtBy: [{ check: 'run-store.list.all-conditions', message: 'the runs listed by {"status":"queued"}' }],
    sabotage: inClients((store) => {
      const created = new Map<string, string>();
      return {
        createRun(record, options) {
          if (!created.has(record.id)) created.set(record.id, record.status);
          return store.createRun(record, options);
        },
        async list({ status, ...query } = {}) {
          if (status === undefined) return store.list(query);
          const { items } = await store.list({ ...query, limit: 1000 });
          return { items: items.filter(({ id }) => created.get(id) === status) };
        },
      };
    }),
  },
  {
    id: 'tags-by-substring',
    breaks: 'Finds a tag inside of others',
    caughtBy: [{ check: 'run-store.list.all-conditions', message: 'the runs listed by {"tag":"%"}' }],
    sabotage: inClients((store) => ({
      async list({ tag, ...query } = {}) {
        if (tag === undefined) return store.list(query);
        const { items } = await store.list({ ...query, limit: 1000 });
        const like = new RegExp(tag.replaceAll('%', '.*'));
        return { items: items.filter(({ tags }) => tags.some((other) => like.test(other))) };
      },
    })),
  },
  {
    id: 'pages-by-offset',
    breaks: 'Pages by offset, so that a deleted run hides another',
    caughtBy: [{ check: 'run-store.list.while-others-change', message: 'the second page to be' }],
    sabotage: inClients((store) => ({
      async list({ cursor, limit = 100, ...query } = {}) {
        const { items } = await store.list({ ...query, limit: 1000 });
        const offset = Number(cursor ?? 0);
        const next = offset + limit < items.length ? { cursor: `${offset + limit}` } : {};
        return { items: items.slice(offset, offset + limit), ...next };
      },
    })),
  },
  {
    id: 'limit-clamped',
    breaks: 'Takes a limit it cannot work with for the nearest one',
    caughtBy: [
      { check: 'run-store.list.refuses-nonsense', message: 'list() with {"limit":0} to be refused' },
    ],
    sabotage: inClients((store) => ({
      list: ({ limit = 100, ...query } = {}) =>
        store.list({ ...query, limit: Math.min(1000, Math.max(1, Math.round(limit))) }),
    })),
  },
  {
    id: 'prunes-the-unfinished',
    breaks: 'Deletes old runs that are not finished',
    caughtBy: [
      { check: 'run-store.prune.finished-and-old', message: 'the runs pruned a millisecond later to be' },
    ],
    sabotage: inClients((store) => ({
      async prune(before, options) {
        for (const { id, status, updatedAt } of await all(store)) {
          if (status !== 'waiting' || updatedAt >= before) continue;
          await store.append(id, { expectedSeq: 0, events: [], status: 'cancelled' });
        }
        return store.prune(before, options);
      },
    })),
  },
  {
    id: 'prunes-at-the-time',
    breaks: 'Deletes also what was updated at the given time',
    caughtBy: [
      { check: 'run-store.prune.finished-and-old', message: 'prune() before the time of their last update' },
    ],
    sabotage: inClients((store) => ({ prune: (before, options) => store.prune(before + 1, options) })),
  },
  {
    id: 'leaves-events-behind',
    breaks: 'Deletes the record and keeps the events',
    caughtBy: [
      { check: 'run-store.prune.with-its-events', message: 'the events of a run that was pruned to be []' },
    ],
    sabotage: inClients((store) => {
      const pruned = new Map<string, readonly RunEvent[]>();
      return {
        async prune(before, options) {
          const kept = new Map<string, RunEvent[]>();
          for (const { id } of await all(store)) {
            const events = await Array.fromAsync(store.events(id));
            kept.set(id, events);
          }
          const ids = await store.prune(before, options);
          for (const id of ids) pruned.set(id, kept.get(id) ?? []);
          return ids;
        },
        async *events(id, options) {
          if (!(await store.getRun(id, options))) yield* pruned.get(id) ?? [];
          yield* store.events(id, options);
        },
      };
    }),
  },
  {
    id: 'prunes-once',
    breaks: 'Says after its first page that there is no more',
    caughtBy: [
      { check: 'run-store.prune.until-none', message: 'the number of runs pruned, and of different ones' },
    ],
    sabotage: inClients((store) => {
      let calls = 0;
      return {
        async prune(before, options) {
          calls += 1;
          return calls > 1 ? [] : store.prune(before, options);
        },
      };
    }),
  },
  {
    id: 'refuses-with-a-plain-error',
    breaks: 'Throws an error that nobody can recognise',
    caughtBy: [{ check: 'run-store.list.refuses-nonsense', message: 'seen      Error: bad query' }],
    sabotage: inClients((store) => ({
      async list(query) {
        try {
          return await store.list(query);
        } catch (error) {
          if (AiworkError.isInstance(error) && error.code === 'AIWORK_INVALID_ARGUMENT')
            throw new Error('bad query');
          throw error;
        }
      },
    })),
  },
];
