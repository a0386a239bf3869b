import type { Cache } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';

type Put = (key: string, value: Uint8Array, ttlMs: number | undefined) => Promise<void>;

/** A cache that makes something else of the times it is given. */
const withTtl = (change: (ttlMs: number) => number | undefined) =>
  inClients<Cache>((cache) => ({
    set(key, value, { ttlMs, ...rest } = {}) {
      const changed = ttlMs === undefined ? undefined : change(ttlMs);
      return cache.set(key, value, changed === undefined ? rest : { ...rest, ttlMs: changed });
    },
  }));

/** When each entry ends that was set with a time to live, as a cache that keeps the time by itself knows it. */
interface Ends {
  readonly of: Map<string, number>;
  readonly now: () => number;
}

/** A cache that remembers when entries end, and does something about it. `put` writes and remembers. */
function remembering(act: (cache: Cache, put: Put, ends: Ends) => Partial<Cache>) {
  return inClients<Cache>((cache, { clock }) => {
    const ends: Ends = { of: new Map(), now: () => clock?.now() ?? Date.now() };
    const put: Put = async (key, value, ttlMs) => {
      await cache.set(key, value, ttlMs === undefined ? {} : { ttlMs });
      if (ttlMs === undefined) ends.of.delete(key);
      else ends.of.set(key, ends.now() + ttlMs);
    };
    const remembered = {
      ...cache,
      set: (key: string, value: Uint8Array, { ttlMs, signal }: Parameters<Cache['set']>[2] = {}) =>
        signal?.aborted ? cache.set(key, value, { signal }) : put(key, value, ttlMs),
    };
    return { ...remembered, ...act(remembered, put, ends) };
  });
}

/** How many entries are ended each time they are looked for. */
const sweepSize = 20;

export const ttlSaboteurs: readonly Saboteur<Cache>[] = [
  {
    id: 'ttl-ignored',
    breaks: 'Declares a time to live and keeps entries until they are evicted',
    caughtBy: [
      { check: 'cache.ttl.not-late', message: 'get() 1000 ms after set() with ttlMs 1000 to be undefined' },
    ],
    sabotage: withTtl(() => undefined),
  },
  {
    id: 'ttl-in-seconds',
    breaks: 'Rounds a time to live up to whole seconds, and one more',
    caughtBy: [{ check: 'cache.ttl.not-late', message: 'get() 1000 ms after set() with ttlMs 1000' }],
    sabotage: withTtl((ttlMs) => (ttlMs > 0 ? (Math.floor(ttlMs / 1000) + 1) * 1000 : ttlMs)),
  },
  {
    id: 'expired-is-deleted',
    breaks: 'Says that it deleted what had expired before',
    caughtBy: [{ check: 'cache.ttl.not-late', message: 'delete() 1000 ms after set() with ttlMs 1000' }],
    sabotage: remembering((cache, _put, ends) => ({
      async delete(key, options) {
        const expired = ends.of.delete(key);
        return (await cache.delete(key, options)) || expired;
      },
    })),
  },
  {
    id: 'ends-a-few-at-a-time',
    breaks: 'Looks for what has expired once in a moment, and ends twenty of them',
    caughtBy: [{ check: 'cache.ttl.all-of-many', message: 'keys of 500 that were given after their time' }],
    sabotage: inClients((cache, { clock }) => {
      const ends = new Map<string, number>();
      let looked = 0;
      return {
        async get(key, options) {
          const now = clock?.now() ?? Date.now();
          const expired = ends.entries().filter(([, end]) => end <= now);
          const sweep = looked === now ? [] : expired.take(sweepSize).toArray();
          looked = now;
          for (const [gone] of sweep) ends.delete(gone);
          await Promise.all(sweep.map(([gone]) => cache.delete(gone)));
          return cache.get(key, options);
        },
        async set(key, value, { ttlMs, ...rest } = {}) {
          if (!ttlMs || ttlMs < 1 || !Number.isFinite(ttlMs)) {
            return cache.set(key, value, ttlMs === undefined ? rest : { ...rest, ttlMs });
          }
          await cache.set(key, value, rest);
          ends.set(key, (clock?.now() ?? Date.now()) + ttlMs);
        },
      };
    }),
  },
  {
    id: 'milliseconds-as-seconds',
    breaks: 'Takes milliseconds for a thousandth of what they are',
    caughtBy: [{ check: 'cache.ttl.is-kept', message: 'the value 30000 ms after set() with ttlMs 60000' }],
    sabotage: withTtl((ttlMs) => ttlMs / 1000),
  },
  {
    id: 'timer-overflows',
    breaks: 'Ends entries with timers that hold 31 bits',
    caughtBy: [{ check: 'cache.ttl.longest', message: 'the value set with ttlMs 2147483648' }],
    sabotage: withTtl((ttlMs) => (ttlMs >= 2 ** 31 && Number.isFinite(ttlMs) ? 1 : ttlMs)),
  },
  {
    id: 'time-wraps-around',
    breaks: 'Counts milliseconds in 32 bits',
    caughtBy: [{ check: 'cache.ttl.longest', message: 'the value set with ttlMs 4294967297' }],
    sabotage: withTtl((ttlMs) => (ttlMs > 2 ** 31 && Number.isFinite(ttlMs) ? ttlMs % 2 ** 32 : ttlMs)),
  },
  {
    id: 'floors-to-for-ever',
    breaks: 'Rounds a time to live down, and takes 0 for none',
    caughtBy: [{ check: 'cache.ttl.shortest', message: 'get() after a ttlMs of 0.5 was over' }],
    sabotage: withTtl((ttlMs) => (ttlMs > 0 && ttlMs < 1 ? undefined : ttlMs)),
  },
  {
    id: 'whole-numbers-only',
    breaks: 'Passes fractions on to a service that takes whole numbers',
    caughtBy: [{ check: 'cache.ttl.shortest', message: 'value is not an integer' }],
    sabotage: inClients((cache) => ({
      async set(key, value, options) {
        if ((options?.ttlMs ?? 0) % 1) throw new Error('value is not an integer');
        return cache.set(key, value, options);
      },
    })),
  },
  {
    id: 'reads-extend',
    breaks: 'Extends the life of what is read',
    caughtBy: [{ check: 'cache.ttl.reads-do-not-extend', message: 'that was read half way to be undefined' }],
    sabotage: remembering((cache, put, ends) => ({
      async get(key, options) {
        const value = await cache.get(key, options);
        if (value && ends.of.has(key)) await put(key, value, 1000);
        return value;
      },
    })),
  },
  {
    id: 'keeps-the-longer',
    breaks: 'Keeps the longer of two times to live',
    caughtBy: [
      { check: 'cache.ttl.a-write-shortens-it', message: 'the entry with longer before at the end' },
    ],
    sabotage: remembering((_cache, put, ends) => ({
      set(key, value, { ttlMs } = {}) {
        const leftMs = (ends.of.get(key) ?? 0) - ends.now();
        return put(key, value, ttlMs && leftMs > ttlMs ? leftMs : ttlMs);
      },
    })),
  },
  {
    id: 'uncovers-the-one-before',
    breaks: 'Gives the value before when the newer one expires',
    caughtBy: [{ check: 'cache.ttl.a-write-shortens-it', message: "seen      'old'" }],
    sabotage: inClients((cache) => {
      const permanent = new Map<string, Uint8Array>();
      return {
        async get(key, options) {
          return (await cache.get(key, options)) ?? permanent.get(key)?.slice();
        },
        async set(key, value, options) {
          await cache.set(key, value, options);
          if (options?.ttlMs === undefined) permanent.set(key, value.slice());
        },
        async delete(key, options) {
          const deleted = await cache.delete(key, options);
          return permanent.delete(key) || deleted;
        },
      };
    }),
  },
  {
    id: 'first-time-counts',
    breaks: 'Keeps the end that an entry had before',
    caughtBy: [
      { check: 'cache.ttl.a-write-lengthens-it', message: 'the entry last written with a longer ttlMs' },
    ],
    sabotage: remembering((_cache, put, ends) => ({
      set(key, value, { ttlMs } = {}) {
        const leftMs = (ends.of.get(key) ?? 0) - ends.now();
        return put(key, value, ttlMs && leftMs > 0 ? Math.min(leftMs, ttlMs) : ttlMs);
      },
    })),
  },
  {
    id: 'timer-of-the-old',
    breaks: 'Does not stop the timer of what it replaces or deletes',
    caughtBy: [
      { check: 'cache.ttl.a-write-removes-it', message: 'the entry last written without ttlMs to be' },
    ],
    sabotage: inClients((cache, { clock }) => {
      const timers = new Map<string, number>();
      const now = () => clock?.now() ?? Date.now();
      return {
        async get(key, options) {
          const rings = timers.get(key) ?? Number.POSITIVE_INFINITY;
          if (rings <= now() && timers.delete(key)) await cache.delete(key);
          return cache.get(key, options);
        },
        async set(key, value, options) {
          await cache.set(key, value, options);
          if (options?.ttlMs) timers.set(key, Math.min(now() + options.ttlMs, timers.get(key) ?? 2 ** 53));
        },
      };
    }),
  },
  {
    id: 'skips-the-same',
    breaks: 'Does not write a value that is there already, and leaves its time to live as it was',
    caughtBy: [{ check: 'cache.sequences.like-a-map-that-forgets', message: 'after set(' }],
    sabotage: remembering((cache, put) => ({
      async set(key, value, { ttlMs } = {}) {
        const before = value instanceof Uint8Array ? await cache.get(key) : undefined;
        if (!before || Buffer.compare(before, value) !== 0) await put(key, value, ttlMs);
      },
    })),
  },
  {
    id: 'zero-is-for-ever',
    breaks: 'Takes a time to live of 0 or less for none',
    caughtBy: [{ check: 'cache.ttl.refuses-nonsense', message: 'set() with ttlMs 0 to be refused' }],
    sabotage: withTtl((ttlMs) => (ttlMs <= 0 ? undefined : ttlMs)),
  },
  {
    id: 'infinity-is-for-ever',
    breaks: 'Takes an infinite time to live for none',
    caughtBy: [{ check: 'cache.ttl.refuses-nonsense', message: 'set() with ttlMs Infinity to be refused' }],
    sabotage: withTtl((ttlMs) => (ttlMs === Number.POSITIVE_INFINITY ? undefined : ttlMs)),
  },
];
