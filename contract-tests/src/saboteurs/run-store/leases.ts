import type { RunStore } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';

export const leaseSaboteurs: readonly Saboteur<RunStore>[] = [
  {
    id: 'lease-for-everybody',
    breaks: 'Gives the lease to whoever asks',
    caughtBy: [
      {
        check: 'run-store.leases.one-owner',
        message: 'lease() for another owner before the end to be false',
      },
    ],
    sabotage: inClients((store) => ({
      async lease(id, owner, ttlMs, options) {
        return (await store.lease(id, owner, ttlMs, options)) || (await store.getRun(id)) !== undefined;
      },
    })),
  },
  {
    id: 'lease-ends-late',
    breaks: 'Holds leases for a second longer',
    caughtBy: [{ check: 'run-store.leases.one-owner', message: '300 ms after it was taken to be true' }],
    sabotage: inClients((store) => ({
      lease: (id, owner, ttlMs, options) => store.lease(id, owner, ttlMs > 0 ? ttlMs + 1000 : ttlMs, options),
    })),
  },
  {
    id: 'lease-not-renewed',
    breaks: 'Says that a lease is renewed and leaves it as it was',
    caughtBy: [
      {
        check: 'run-store.leases.renewed',
        message: 'lease() for another owner after the first time is over',
      },
    ],
    sabotage: inClients((store, { clock }) => {
      const holders = new Map<string, { readonly owner: string; readonly until: number }>();
      const now = () => clock?.now() ?? Date.now();
      return {
        async lease(id, owner, ttlMs, options) {
          const held = holders.get(id);
          if (held?.owner === owner && held.until > now()) return true;
          const taken = await store.lease(id, owner, ttlMs, options);
          if (taken) holders.set(id, { owner, until: now() + ttlMs });
          return taken;
        },
      };
    }),
  },
  {
    id: 'anybody-releases',
    breaks: 'Gives a lease back for whoever asks',
    caughtBy: [
      {
        check: 'run-store.leases.given-back-by-owner',
        message: 'lease() after release() by another owner to be false',
      },
    ],
    sabotage: inClients((store) => {
      const owners = new Map<string, string>();
      return {
        async lease(id, owner, ttlMs, options) {
          const taken = await store.lease(id, owner, ttlMs, options);
          if (taken) owners.set(id, owner);
          return taken;
        },
        release: (id, owner, options) => store.release(id, owners.get(id) ?? owner, options),
      };
    }),
  },
  {
    id: 'lease-of-nothing',
    breaks: 'Takes a lease of 0 ms for one that never ends',
    caughtBy: [{ check: 'run-store.leases.refuse-nonsense', message: 'lease() for 0 ms to be refused' }],
    sabotage: inClients((store) => ({
      lease: (id, owner, ttlMs, options) => store.lease(id, owner, ttlMs === 0 ? 2 ** 40 : ttlMs, options),
    })),
  },
  {
    id: 'due-forgets-waiting',
    breaks: 'Does not name runs whose wake time has come',
    caughtBy: [{ check: 'run-store.due.can-move', message: 'due() at a wake time to be' }],
    sabotage: inClients((store) => ({
      async due(now, limit, options) {
        const ids = await store.due(now, limit, options);
        const records = await Promise.all(ids.map((id) => store.getRun(id)));
        return ids.filter((_, index) => records[index]?.status !== 'waiting');
      },
    })),
  },
  {
    id: 'due-by-its-own-clock',
    breaks: 'Names waiting runs by its own clock instead of the time given',
    caughtBy: [{ check: 'run-store.due.can-move', message: 'due() at a wake time to be' }],
    sabotage: inClients((store, { clock }) => ({
      due: (now, limit, options) => store.due(clock?.now() ?? now, limit, options),
    })),
  },
  {
    id: 'due-though-held',
    breaks: 'Names runs that are held',
    caughtBy: [{ check: 'run-store.due.not-held', message: 'due() while both are held to be []' }],
    sabotage: inClients((store) => ({
      async due(now, limit, options) {
        await store.due(now, limit, options);
        const { items } = await store.list({ limit: 1000 });
        const movable = items.filter(({ status }) => status === 'queued' || status === 'running');
        return movable
          .map(({ id }) => id)
          .toReversed()
          .slice(0, limit);
      },
    })),
  },
  {
    id: 'due-newest-first',
    breaks: 'Names the run that was created last first',
    caughtBy: [{ check: 'run-store.due.oldest-first', message: 'due() of two of three to be' }],
    sabotage: inClients((store) => ({
      async due(now, limit, options) {
        await store.due(now, limit, options);
        return (await store.due(now, 10_000, options)).toReversed().slice(0, limit);
      },
    })),
  },
  {
    id: 'due-cut-off',
    breaks: 'Names at most 1000 runs',
    caughtBy: [
      { check: 'run-store.due.beyond-a-page', message: 'the number of runs due of 1200 to be 1200' },
    ],
    sabotage: inClients((store) => ({
      due: async (now, limit, options) => (await store.due(now, limit, options)).slice(0, 1000),
    })),
  },
  {
    id: 'due-only-after-old-lease',
    breaks: 'Names a run whose lease was given back only after that lease would have ended',
    caughtBy: [{ check: 'run-store.sequences.like-a-journal', message: 'due() to be' }],
    sabotage: inClients((store, { clock }) => {
      const until = new Map<string, number>();
      const now = () => clock?.now() ?? Date.now();
      return {
        async lease(id, owner, ttlMs, options) {
          const taken = await store.lease(id, owner, ttlMs, options);
          if (taken && ttlMs < 100) until.set(id, now() + ttlMs);
          return taken;
        },
        async due(at, limit, options) {
          return (await store.due(at, limit, options)).filter((id) => (until.get(id) ?? 0) <= now());
        },
      };
    }),
  },
  {
    id: 'folds-owners',
    breaks: 'Takes owners for one whose names differ in case',
    caughtBy: [
      { check: 'run-store.leases.owners-apart', message: 'lease() for "N" of what "n" holds to be false' },
    ],
    sabotage: inClients((store) => ({
      lease: (id, owner, ...rest) => store.lease(id, owner.toLowerCase(), ...rest),
    })),
  },
  {
    id: 'lease-timer-overflows',
    breaks: 'Sets a timer for the end of a lease, which fires at once where it is far',
    caughtBy: [{ check: 'run-store.leases.any-length', message: 'after one for 2147483648 ms to be false' }],
    sabotage: inClients((store) => ({
      lease: (id, owner, ttlMs, options) =>
        store.lease(id, owner, ttlMs >= 2 ** 31 && Number.isFinite(ttlMs) ? 1 : ttlMs, options),
    })),
  },
];
