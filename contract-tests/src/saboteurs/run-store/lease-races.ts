import type { RunStore } from '@aiwork/core';
import { amongClients } from '../among-clients.ts';
import { inClients, type Saboteur, yieldTurns } from '../saboteur.ts';

/** Whether a run is free, and nothing else about it. */
const isFree = async (store: RunStore, id: string) =>
  (await store.due(Number.MAX_SAFE_INTEGER, 10_000)).includes(id);

export const leaseRaceSaboteurs: readonly Saboteur<RunStore>[] = [
  {
    id: 'takes-the-expired-after-look',
    breaks: 'Looks whether a lease has expired, then takes it',
    caughtBy: [
      {
        check: 'run-store.lease-races.one-after-expiry',
        message: 'the number of 6 owners at once who got an expired lease to be 1',
      },
    ],
    sabotage: amongClients(
      () => new Set<string>(),
      (store: RunStore, wasHeld) => ({
        async lease(id, owner, ttlMs, options) {
          const over = wasHeld.has(id) && ttlMs > 0 && (await isFree(store, id));
          const taken = await store.lease(id, owner, ttlMs, options);
          if (taken) wasHeld.add(id);
          return taken || over;
        },
      }),
    ),
  },
  {
    id: 'renews-what-it-remembers',
    breaks: 'Renews a lease for whom it gave it to, without looking whose it is now',
    caughtBy: [
      { check: 'run-store.lease-races.renewed-or-taken', message: 'its owner among them, to be 1' },
      { check: 'run-store.leases.one-owner', message: 'lease() for the owner before to be false' },
    ],
    sabotage: inClients((store) => {
      const given = new Set<string>();
      return {
        async lease(id, owner, ttlMs, options) {
          const taken = await store.lease(id, owner, ttlMs, options);
          const held = JSON.stringify([id, owner]);
          if (taken) given.add(held);
          return taken || given.has(held);
        },
        async release(id, owner, options) {
          await store.release(id, owner, options);
          given.delete(JSON.stringify([id, owner]));
        },
      };
    }),
  },
  {
    id: 'wakes-all-who-wait',
    breaks: 'Gives a lease that is given back to all who have just asked for it',
    caughtBy: [
      {
        check: 'run-store.lease-races.one-after-release',
        message: 'at most one of 6 to get a lease that is given back',
      },
    ],
    sabotage: amongClients(
      () => new Map<string, number>(),
      (store: RunStore, releases) => ({
        async lease(id, owner, ttlMs, options) {
          const before = releases.get(id);
          await yieldTurns(1);
          const taken = await store.lease(id, owner, ttlMs, options);
          return taken || releases.get(id) !== before;
        },
        async release(id, owner, options) {
          await store.release(id, owner, options);
          releases.set(id, (releases.get(id) ?? 0) + 1);
        },
      }),
    ),
  },
  {
    id: 'releases-what-it-remembers',
    breaks: 'Gives back a lease it once gave to that owner, whose ever it is now',
    caughtBy: [
      {
        check: 'run-store.lease-races.late-release',
        message: 'lease() for a third owner during release() by the one before to be false',
      },
    ],
    sabotage: amongClients(
      () => new Map<string, string>(),
      (store: RunStore, holders) => {
        const given = new Set<string>();
        return {
          async lease(id, owner, ttlMs, options) {
            const taken = await store.lease(id, owner, ttlMs, options);
            if (taken) {
              holders.set(id, owner);
              given.add(JSON.stringify([id, owner]));
            }
            return taken;
          },
          async release(id, owner, options) {
            const holder = given.has(JSON.stringify([id, owner])) ? holders.get(id) : owner;
            await store.release(id, holder ?? owner, options);
          },
        };
      },
    ),
  },
  {
    id: 'trusts-its-lease',
    breaks: 'Appends for an owner to whom it gave the lease, without looking whether it still has it',
    caughtBy: [
      {
        check: 'run-store.lease-races.overtaken-owner',
        message: 'what the owner before and the next one are told of their appends at once',
      },
    ],
    sabotage: inClients((store) => {
      const given = new Set<string>();
      return {
        async lease(id, owner, ttlMs, options) {
          const taken = await store.lease(id, owner, ttlMs, options);
          if (taken) given.add(JSON.stringify([id, owner]));
          return taken;
        },
        append(id, { owner, ...append }) {
          const trusted = owner === undefined || given.has(JSON.stringify([id, owner]));
          return store.append(id, trusted ? append : { ...append, owner });
        },
      };
    }),
  },
  {
    id: 'two-may-hold',
    breaks: 'Lets a second owner have a lease that was given back before',
    caughtBy: [
      {
        check: 'run-store.lease-races.holders-in-turn',
        message: 'an append by the holder of the lease to be',
      },
    ],
    sabotage: amongClients(
      () => ({ givenBack: new Set<string>(), seconds: new Map<string, string>() }),
      (store: RunStore, { givenBack, seconds }) => ({
        async lease(id, owner, ttlMs, options) {
          if (await store.lease(id, owner, ttlMs, options)) return true;
          if (!givenBack.has(id) || (seconds.get(id) ?? owner) !== owner) return false;
          seconds.set(id, owner);
          return true;
        },
        async release(id, owner, options) {
          if (seconds.get(id) === owner) seconds.delete(id);
          await store.release(id, owner, options);
          givenBack.add(id);
        },
        append(id, { owner, ...append }) {
          const isSecond = owner === undefined || owner === seconds.get(id);
          return store.append(id, isSecond ? append : { ...append, owner });
        },
      }),
    ),
  },
  {
    id: 'looks-then-appends',
    breaks: 'Looks whether the owner holds the lease, then appends',
    caughtBy: [{ check: 'run-store.lease-races.linearizable', message: 'one order in which all' }],
    sabotage: inClients((store) => ({
      async append(id, { owner, ...append }) {
        if (owner === undefined) return store.append(id, append);
        const held = await store.append(id, { ...append, owner, events: [] });
        if (!held.applied) return held;
        await yieldTurns(1);
        return store.append(id, append);
      },
    })),
  },
];
