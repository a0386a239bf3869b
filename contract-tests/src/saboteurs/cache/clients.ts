import type { Cache } from '@aiwork/core';
import { amongClients } from '../among-clients.ts';
import { closesAll, forgetsAtLastClose, namespaceIgnored } from '../between-clients.ts';
import { carelessSaboteurs } from '../careless.ts';
import { inClients, type Saboteur } from '../saboteur.ts';

/** Tells all clients of a subject what one of them changed. */
function broadcasts() {
  const listeners = new Set<(key: string) => void>();
  return {
    listen: (listener: (key: string) => void) => listeners.add(listener),
    tell(key: string) {
      for (const listener of listeners) listener(key);
    },
  };
}

export const clientSaboteurs: readonly Saboteur<Cache>[] = [
  {
    id: 'namespace-ignored',
    breaks: 'Keeps all tenants in one space',
    caughtBy: [
      { check: 'cache.isolation.namespaces', message: 'get() in b of what was set in a to be undefined' },
    ],
    sabotage: namespaceIgnored,
  },
  {
    id: 'namespace-joined-by-colon',
    breaks: 'Joins namespace and key by a colon that keys may hold',
    caughtBy: [
      {
        check: 'cache.isolation.of-similar-names',
        message: 'get(\'key\') in namespace "x:y" of "y:key" in "x"',
      },
    ],
    sabotage: (subject) => ({
      ...subject,
      async open({ namespace }) {
        const cache = await subject.open({ namespace: 'all' });
        const of = (key: string) => (typeof key === 'string' && key !== '' ? `${namespace}:${key}` : key);
        return {
          ...cache,
          get: (key, options) => cache.get(of(key), options),
          set: (key, value, options) => cache.set(of(key), value, options),
          delete: (key, options) => cache.delete(of(key), options),
        };
      },
    }),
  },
  {
    id: 'tier-in-each-process',
    breaks: 'Answers from memory of its own that other clients do not clear',
    caughtBy: [
      { check: 'cache.clients.see-each-other', message: "the value a client reads after write 2 to be '2'" },
    ],
    sabotage: inClients((cache) => {
      const own = new Map<string, Uint8Array>();
      return {
        async get(key, options) {
          const value = own.get(key) ?? (await cache.get(key, options));
          if (value) own.set(key, value.slice());
          return value;
        },
        set(key, value, options) {
          own.delete(key);
          return cache.set(key, value, options);
        },
        delete(key, options) {
          own.delete(key);
          return cache.delete(key, options);
        },
      };
    }),
  },
  {
    id: 'deletes-its-own',
    breaks: 'Deletes only what it wrote last itself',
    caughtBy: [
      { check: 'cache.clients.see-each-other', message: 'delete() of what another client set to be true' },
    ],
    sabotage: amongClients(
      () => new Map<string, Cache>(),
      (cache: Cache, writers) => ({
        async set(key, value, options) {
          await cache.set(key, value, options);
          writers.set(key, cache);
        },
        async delete(key, options) {
          const isOwn = (writers.get(key) ?? cache) === cache;
          return isOwn || options?.signal?.aborted ? cache.delete(key, options) : false;
        },
      }),
    ),
  },
  {
    id: 'tier-without-an-end',
    breaks: 'Keeps what it read in memory of its own, without the time it may',
    caughtBy: [
      {
        check: 'cache.clients.expire-alike',
        message: 'what one that read it is given after the time to live to be undefined',
      },
    ],
    sabotage: amongClients(broadcasts, (cache: Cache, changes) => {
      const own = new Map<string, Uint8Array>();
      changes.listen((key) => own.delete(key));
      return {
        async get(key, options) {
          const value = own.get(key) ?? (await cache.get(key, options));
          if (value) own.set(key, value.slice());
          return value;
        },
        async set(key, value, options) {
          await cache.set(key, value, options);
          changes.tell(key);
        },
        async delete(key, options) {
          const deleted = await cache.delete(key, options);
          changes.tell(key);
          return deleted;
        },
      };
    }),
  },
  {
    id: 'keeps-what-it-set',
    breaks: 'Clears the memory of all clients before it writes, and keeps what it wrote in its own',
    caughtBy: [
      { check: 'cache.races.one-is-last', message: 'the number of different values that clients read' },
      { check: 'cache.races.linearizable', message: 'one order in which all' },
    ],
    sabotage: amongClients(broadcasts, (cache: Cache, changes) => {
      const own = new Map<string, Uint8Array>();
      changes.listen((key) => own.delete(key));
      return {
        get: async (key, options) => own.get(key)?.slice() ?? cache.get(key, options),
        async set(key, value, options) {
          changes.tell(key);
          await cache.set(key, value, options);
          if (options?.ttlMs === undefined) own.set(key, value.slice());
        },
        delete(key, options) {
          changes.tell(key);
          return cache.delete(key, options);
        },
      };
    }),
  },
  {
    id: 'closes-all',
    breaks: 'Closes what its clients share with the first of them',
    caughtBy: [{ check: 'cache.clients.close-alone', message: 'AIWORK_CLOSED' }],
    sabotage: closesAll,
  },
  {
    id: 'forgets-at-last-close',
    breaks: 'Loses everything with its last client',
    caughtBy: [
      { check: 'cache.clients.kept-by-the-next', message: 'the value after all clients were closed' },
    ],
    sabotage: forgetsAtLastClose,
  },
  ...carelessSaboteurs<Cache>('cache', 'cache.isolation.look-alikes'),
];
