import type { Cache } from '@aiwork/core';
import { inClients, type Saboteur, yieldTurns } from '../saboteur.ts';

export const raceSaboteurs: readonly Saboteur<Cache>[] = [
  {
    id: 'delete-after-look',
    breaks: 'Looks whether there is an entry, then deletes it',
    caughtBy: [{ check: 'cache.races.deleted-once', message: 'deletes at once that said true to be 1' }],
    sabotage: inClients((cache) => ({
      async delete(key, options) {
        const there = await cache.get(key, options);
        await yieldTurns();
        await cache.delete(key, options);
        return there !== undefined;
      },
    })),
  },
  {
    id: 'writes-in-halves',
    breaks: 'Writes a large value in two pieces',
    caughtBy: [{ check: 'cache.races.whole', message: 'every value read to be one that was set' }],
    sabotage: inClients((cache) => ({
      async set(key, value, options) {
        const before = value instanceof Uint8Array && value.length > 500 ? await cache.get(key) : undefined;
        if (before) {
          const half = value.length / 2;
          await cache.set(
            key,
            new Uint8Array(Buffer.concat([value.subarray(0, half), before.subarray(half)])),
          );
          await yieldTurns(1);
        }
        return cache.set(key, value, options);
      },
    })),
  },
  {
    id: 'one-place-for-the-question',
    breaks: 'Keeps what it was asked for where the next call puts its own',
    caughtBy: [
      { check: 'cache.races.answers-do-not-mix', message: 'a key that was given the value of another' },
    ],
    sabotage: inClients((cache) => {
      let asked = '';
      return {
        async get(key, options) {
          asked = key;
          await Promise.resolve();
          return cache.get(asked, options);
        },
      };
    }),
  },
  {
    id: 'stale-now-and-then',
    breaks: 'Answers every third read from what it saw before',
    caughtBy: [{ check: 'cache.races.linearizable', message: 'one order in which all' }],
    sabotage: inClients((cache) => {
      let reads = 0;
      let last: Uint8Array | undefined;
      return {
        async get(key, options) {
          reads += 1;
          const value = await cache.get(key, options);
          const stale = last;
          last = value;
          return reads % 3 === 0 && stale ? stale : value;
        },
      };
    }),
  },
];
