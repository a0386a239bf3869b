import type { Cache } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';

/** FNV-1a, of which only some bits are used. */
function shortHash(key: string, bits: number): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return (hash >>> (32 - bits)).toString(16);
}

/** A small tier in front of a large one, with something wrong between the two. */
function tiered(between: {
  /** What goes to the back when the front has no room. */
  readonly moves: (back: Map<string, Uint8Array>, key: string, value: Uint8Array) => void;
  readonly deletes: (back: Map<string, Uint8Array>, key: string) => boolean;
}) {
  return inClients<Cache>((cache) => {
    const front = new Map<string, Uint8Array>();
    const back = new Map<string, Uint8Array>();
    return {
      async get(key, options) {
        await cache.get(key, options);
        return front.get(key)?.slice() ?? back.get(key)?.slice();
      },
      async set(key, value, options) {
        await cache.set(key, value, options);
        front.delete(key);
        front.set(key, value.slice());
        const [oldest] = front;
        if (!oldest || front.size <= 50) return;
        front.delete(oldest[0]);
        between.moves(back, ...oldest);
      },
      async delete(key, options) {
        await cache.delete(key, options);
        return [front.delete(key), between.deletes(back, key)].includes(true);
      },
    };
  });
}

export const evictionSaboteurs: readonly Saboteur<Cache>[] = [
  {
    id: 'keeps-nothing',
    breaks: 'Takes everything and gives nothing',
    caughtBy: [{ check: 'cache.eviction.keeps-the-last', message: 'the value of key that was set last' }],
    sabotage: inClients((cache) => ({
      async get(key, options) {
        await cache.get(key, options);
        return undefined;
      },
    })),
  },
  {
    id: 'full-takes-nothing',
    breaks: 'Takes nothing new when it is full, and says nothing',
    caughtBy: [{ check: 'cache.eviction.keeps-the-last', message: 'the value of key 99 that was set last' }],
    sabotage: inClients((cache) => {
      const taken = new Set<string>();
      return {
        async set(key, value, options) {
          if (taken.size < 100) taken.add(key);
          if (taken.has(key)) await cache.set(key, value, options);
        },
      };
    }),
  },
  {
    id: 'gives-once',
    breaks: 'Forgets an entry when it was read',
    caughtBy: [{ check: 'cache.eviction.keeps-the-last', message: 'read 2 of what was set last' }],
    sabotage: inClients((cache) => ({
      async get(key, options) {
        const value = await cache.get(key, options);
        await cache.delete(key, options);
        return value;
      },
    })),
  },
  {
    id: 'deletes-make-room',
    breaks: 'Forgets the oldest of ten entries when something else is deleted',
    caughtBy: [{ check: 'cache.eviction.keeps-the-last', message: 'read 1 of what was set last' }],
    sabotage: inClients((cache) => {
      let deletes = 0;
      const keys: string[] = [];
      return {
        async set(key, value, options) {
          await cache.set(key, value, options);
          keys.push(key);
        },
        async delete(key, options) {
          deletes += 1;
          const last = keys.at(-1);
          if (deletes % 10 === 0 && last !== undefined && last !== key) await cache.delete(last);
          return cache.delete(key, options);
        },
      };
    }),
  },
  {
    id: 'short-hash',
    breaks: 'Keeps entries under a hash of 16 bits and does not compare the keys',
    caughtBy: [{ check: 'cache.eviction.never-another-value', message: 'or a miss' }],
    sabotage: inClients((cache) => {
      const slots = new Map<string, Uint8Array>();
      const slot = (key: string) => shortHash(key, 16);
      return {
        async get(key, options) {
          await cache.get(key, options);
          return slots.get(slot(key))?.slice();
        },
        async set(key, value, options) {
          await cache.set(key, value, options);
          slots.set(slot(key), value.slice());
        },
        async delete(key, options) {
          await cache.delete(key, options);
          return slots.delete(slot(key));
        },
      };
    }),
  },
  {
    id: 'old-tier-behind',
    breaks: 'Leaves the old value in the tier behind when a newer one is moved there',
    caughtBy: [
      { check: 'cache.eviction.replaced-stays-replaced', message: `the value of key "replaced" to be 'new'` },
    ],
    sabotage: tiered({
      moves: (back, key, value) => void (back.has(key) || back.set(key, value)),
      deletes: (back, key) => back.delete(key),
    }),
  },
  {
    id: 'deletes-in-front',
    breaks: 'Deletes only in the first of its tiers',
    caughtBy: [
      {
        check: 'cache.eviction.deleted-stays-deleted',
        message: 'get() after delete() of what was set long before',
      },
    ],
    sabotage: tiered({ moves: (back, key, value) => void back.set(key, value), deletes: () => false }),
  },
];
