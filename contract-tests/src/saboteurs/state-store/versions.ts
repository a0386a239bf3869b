import type { SetOptions, StateEntry, StateStore } from '@aiwork/core';
import { inClients, type Saboteur, yieldTurns } from '../saboteur.ts';

const unguarded = ({ ifVersion: _, ...options }: SetOptions = {}): SetOptions => options;

export const versionSaboteurs: readonly Saboteur<StateStore>[] = [
  {
    id: 'version-of-content',
    breaks: 'Gives one value the same version every time',
    caughtBy: [{ check: 'state-store.versions.differ', message: 'seen      1' }],
    sabotage: inClients((store) => ({
      async get(key, options) {
        const entry = await store.get(key, options);
        return entry && { ...entry, version: JSON.stringify(entry.value) };
      },
    })),
  },
  {
    id: 'version-of-read',
    breaks: 'Gives every read another version',
    caughtBy: [{ check: 'state-store.versions.of-the-write', message: 'the version in get()' }],
    sabotage: inClients((store) => {
      let reads = 0;
      return {
        async get(key, options) {
          reads += 1;
          const entry = await store.get(key, options);
          return entry && { ...entry, version: `${entry.version}-${reads}` };
        },
      };
    }),
  },
  {
    id: 'null-guard-ignored',
    breaks: 'Takes ifVersion null for no guard',
    caughtBy: [
      { check: 'state-store.versions.create-only', message: 'the second create to be { applied: false }' },
    ],
    sabotage: inClients((store) => ({
      set: (key, value, options) =>
        store.set(key, value, options?.ifVersion === null ? unguarded(options) : options),
    })),
  },
  {
    id: 'guard-ignored',
    breaks: 'Declares compare-and-set and ignores the version',
    caughtBy: [
      {
        check: 'state-store.versions.replace-only-current',
        message: 'a write with the version before to be',
      },
    ],
    sabotage: inClients((store) => ({
      set: (key, value, options) =>
        store.set(key, value, typeof options?.ifVersion === 'string' ? unguarded(options) : options),
    })),
  },
  {
    id: 'delete-unguarded',
    breaks: 'Deletes whatever version there is',
    caughtBy: [
      {
        check: 'state-store.versions.guard-deletes',
        message: 'delete() with the version before to be false',
      },
    ],
    sabotage: inClients((store) => ({ delete: (key) => store.delete(key) })),
  },
  {
    id: 'create-after-look',
    breaks: 'Looks whether there is an entry, then creates it',
    caughtBy: [
      { check: 'state-store.races.one-creator', message: 'the number of creates applied of 6 at once' },
    ],
    sabotage: inClients((store) => ({
      async set(key, value, options) {
        if (options?.ifVersion !== null) return store.set(key, value, options);
        if (await store.get(key)) return { applied: false };
        return store.set(key, value, unguarded(options));
      },
    })),
  },
  {
    id: 'write-after-look',
    breaks: 'Compares the version, then writes',
    caughtBy: [
      {
        check: 'state-store.races.one-successor',
        message: 'the number of writes applied of 6 with one version',
      },
      { check: 'state-store.races.no-lost-update', message: 'the count after 60 raises' },
      { check: 'state-store.races.linearizable', message: 'one order in which all' },
    ],
    sabotage: inClients((store) => ({
      async set(key, value, options) {
        if (options?.ifVersion === undefined) return store.set(key, value, options);
        if (((await store.get(key))?.version ?? null) !== options.ifVersion) return { applied: false };
        return store.set(key, value, unguarded(options));
      },
    })),
  },
  {
    id: 'delete-after-look',
    breaks: 'Looks whether there is an entry, then deletes it',
    caughtBy: [
      { check: 'state-store.races.deleted-once', message: 'deletes at once that said true to be 1' },
    ],
    sabotage: inClients((store) => ({
      async delete(key, options) {
        const there = await store.get(key);
        await yieldTurns();
        await store.delete(key, options);
        return there !== undefined;
      },
    })),
  },
  {
    id: 'delete-after-compare',
    breaks: 'Compares the version, then deletes whatever is there',
    caughtBy: [
      {
        check: 'state-store.races.guarded-delete',
        message: 'the value that was set while 5 deleted the one before to be 0',
      },
    ],
    sabotage: inClients((store) => ({
      async delete(key, options) {
        if (options?.ifVersion === undefined) return store.delete(key, options);
        const entry = await store.get(key, options);
        await yieldTurns();
        return entry?.version === options.ifVersion && store.delete(key);
      },
    })),
  },
  {
    id: 'stale-now-and-then',
    breaks: 'Answers every third read from what it saw before',
    caughtBy: [{ check: 'state-store.races.linearizable', message: 'one order in which all' }],
    sabotage: inClients((store) => {
      let reads = 0;
      let last: StateEntry | undefined;
      return {
        async get(key, options) {
          reads += 1;
          const entry = await store.get(key, options);
          const stale = last;
          last = entry;
          return reads % 3 === 0 && stale ? stale : entry;
        },
      };
    }),
  },
  {
    id: 'guarded-delete-leaves-tombstone',
    breaks: 'Refuses to create what was deleted by its version',
    caughtBy: [{ check: 'state-store.sequences.like-a-map', message: 'whether it was applied to be true' }],
    sabotage: inClients((store) => {
      const tombs = new Set<string>();
      return {
        async delete(key, options) {
          const deleted = await store.delete(key, options);
          if (deleted && options?.ifVersion !== undefined) tombs.add(key);
          return deleted;
        },
        async set(key, value, options) {
          if (options?.ifVersion === null && tombs.delete(key)) return { applied: false };
          return store.set(key, value, options);
        },
      };
    }),
  },
  {
    id: 'empty-guard-is-none',
    breaks: 'Takes an empty version for no guard',
    caughtBy: [
      { check: 'state-store.versions.replace-only-current', message: 'a write with the version "" to be' },
      { check: 'state-store.versions.guard-deletes', message: 'delete() with the version "" to be false' },
    ],
    sabotage: inClients((store) => ({
      set: (key, value, { ifVersion, ...options } = {}) =>
        store.set(key, value, {
          ...options,
          ...(ifVersion !== '' && ifVersion !== undefined && { ifVersion }),
        }),
      delete: (key, { ifVersion, ...options } = {}) =>
        store.delete(key, { ...options, ...(ifVersion && { ifVersion }) }),
    })),
  },
];
