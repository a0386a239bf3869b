import type { StateEntry, StateStore } from '@aiwork/core';
import { closesAll, namespaceIgnored } from '../between-clients.ts';
import { carelessSaboteurs } from '../careless.ts';
import { inClients, type Saboteur } from '../saboteur.ts';

interface Versioned {
  readonly version: string;
  readonly value: unknown;
}

export const clientSaboteurs: readonly Saboteur<StateStore>[] = [
  {
    id: 'namespace-ignored',
    breaks: 'Keeps all tenants in one space',
    caughtBy: [
      {
        check: 'state-store.isolation.namespaces',
        message: 'get() in b of what was set in a to be undefined',
      },
    ],
    sabotage: namespaceIgnored,
  },
  {
    id: 'namespace-joined-by-colon',
    breaks: 'Joins namespace and key by a colon that keys may hold',
    caughtBy: [
      {
        check: 'state-store.isolation.of-similar-names',
        message: 'get(\'key\') in namespace "x:y" of "y:key" in "x"',
      },
    ],
    sabotage: (subject) => ({
      ...subject,
      async open({ namespace }) {
        const store = await subject.open({ namespace: 'all' });
        const of = (key: string) => (typeof key === 'string' && key !== '' ? `${namespace}:${key}` : key);
        return {
          ...store,
          get: (key, options) => store.get(of(key), options),
          set: (key, value, options) => store.set(of(key), value, options),
          delete: (key, options) => store.delete(of(key), options),
        };
      },
    }),
  },
  {
    id: 'caches-reads',
    breaks: 'Answers from a cache of its own that other clients do not clear',
    caughtBy: [
      {
        check: 'state-store.clients.see-each-other',
        message: 'the value a client reads after write 2 to be 2',
      },
    ],
    sabotage: inClients((store) => {
      const cache = new Map<string, StateEntry>();
      return {
        async get(key, options) {
          const entry = cache.get(key) ?? (await store.get(key, options));
          if (entry) cache.set(key, entry);
          return entry;
        },
        set(key, value, options) {
          cache.delete(key);
          return store.set(key, value, options);
        },
        delete(key, options) {
          cache.delete(key);
          return store.delete(key, options);
        },
      };
    }),
  },
  {
    id: 'counts-versions-by-client',
    breaks: 'Numbers versions in each client, so that two clients give the same',
    caughtBy: [
      {
        check: 'state-store.clients.versions-are-shared',
        message: 'the number of different versions of 7 writes',
      },
    ],
    sabotage: inClients((store) => {
      let writes = 0;
      const unwrap = (entry: StateEntry | undefined) => entry && (entry.value as Versioned);
      return {
        get: async (key, options) => unwrap(await store.get(key, options)),
        async set(key, value, options = {}) {
          const entry = await store.get(key);
          const { ifVersion, ...rest } = options;
          if (ifVersion !== undefined && (unwrap(entry)?.version ?? null) !== ifVersion)
            return { applied: false };
          writes += 1;
          const version = String(writes);
          const guard = ifVersion === undefined ? {} : { ifVersion: entry?.version ?? null };
          const { applied } = await store.set(key, { version, value }, { ...rest, ...guard });
          return applied ? { applied, version } : { applied };
        },
      };
    }),
  },
  {
    id: 'closes-all',
    breaks: 'Closes what its clients share with the first of them',
    caughtBy: [{ check: 'state-store.clients.close-alone', message: 'AIWORK_CLOSED' }],
    sabotage: closesAll,
  },
  ...carelessSaboteurs<StateStore>('state-store', 'state-store.isolation.look-alikes'),
];
