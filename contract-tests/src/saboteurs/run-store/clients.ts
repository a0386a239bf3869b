import type { RunEvent, RunStore } from '@aiwork/core';
import { forgetsAtLastClose, namespaceIgnored } from '../between-clients.ts';
import { carelessSaboteurs, listening } from '../careless.ts';
import { inClients, type Saboteur } from '../saboteur.ts';

export const clientSaboteurs: readonly Saboteur<RunStore>[] = [
  {
    id: 'namespace-ignored',
    breaks: 'Keeps all tenants in one space',
    caughtBy: [
      { check: 'run-store.clients.namespaces', message: 'getRun() in b of a run of a to be undefined' },
    ],
    sabotage: namespaceIgnored,
  },
  {
    id: 'caches-events',
    breaks: 'Reads events from a cache that only its own appends clear',
    caughtBy: [
      {
        check: 'run-store.clients.see-each-other',
        message: 'the number of events a client reads after 2 appends to be 2',
      },
    ],
    sabotage: inClients((store) => {
      const cache = new Map<string, readonly RunEvent[]>();
      return {
        append(id, append) {
          cache.delete(id);
          return store.append(id, append);
        },
        async *events(id, options) {
          const known = cache.get(id) ?? (await Array.fromAsync(store.events(id, options)));
          cache.set(id, known);
          yield* known;
        },
      };
    }),
  },
  {
    id: 'leases-by-process',
    breaks: 'Knows only the leases that it gave itself',
    caughtBy: [
      { check: 'run-store.clients.see-each-other', message: 'lease() by another client to be false' },
    ],
    sabotage: inClients((store) => {
      const held = new Map<string, string>();
      return {
        async lease(id, owner, ttlMs) {
          if (!(await store.getRun(id)) || (held.get(id) ?? owner) !== owner) return false;
          held.set(id, owner);
          return ttlMs > 0;
        },
      };
    }),
  },
  {
    id: 'create-after-look',
    breaks: 'Looks whether there is such a run, then creates it',
    caughtBy: [
      { check: 'run-store.clients.one-creator', message: "at once who were told 'created' to be 1" },
    ],
    sabotage: inClients((store) => ({
      async createRun(record, options) {
        if (await store.getRun(record.id)) return 'exists';
        await store.createRun(record, options);
        return 'created';
      },
    })),
  },
  {
    id: 'append-after-look',
    breaks: 'Compares the last number, then appends',
    caughtBy: [
      {
        check: 'run-store.clients.one-append',
        message: 'the number of appends applied of 6 at once to be 1',
      },
    ],
    sabotage: inClients((store) => ({
      async append(id, append) {
        const events = await Array.fromAsync(store.events(id));
        if (events.length !== append.expectedSeq) return store.append(id, append);
        await store.append(id, append);
        return { applied: true, seq: append.expectedSeq + append.events.length };
      },
    })),
  },
  {
    id: 'lease-after-look',
    breaks: 'Looks whether a run is free, then takes it',
    caughtBy: [
      { check: 'run-store.clients.one-holder', message: 'owners at once who got the lease to be 1' },
    ],
    sabotage: inClients((store, { clock }) => ({
      async lease(id, owner, ttlMs, options) {
        const free = (await store.due(Number.MAX_SAFE_INTEGER, 10_000)).includes(id);
        const taken = await store.lease(id, owner, ttlMs, options);
        return taken || (free && clock !== undefined);
      },
    })),
  },
  {
    id: 'forgets-at-last-close',
    breaks: 'Loses everything with its last client',
    caughtBy: [
      {
        check: 'run-store.clients.kept-by-the-next',
        message: 'the record after all clients were closed to be',
      },
    ],
    sabotage: forgetsAtLastClose,
  },
  ...carelessSaboteurs<RunStore>('run-store', 'run-store.clients.look-alikes'),
  {
    id: 'keeps-listening',
    breaks: 'Leaves its listener on the signal of the run',
    caughtBy: [
      {
        check: 'run-store.ending.no-listener-left',
        message: 'listeners left on the signal after getRun() to be 0',
      },
    ],
    sabotage: inClients((store) => ({ getRun: listening(store.getRun) })),
  },
];
