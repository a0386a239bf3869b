import type { SetOptions, StateStore } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';

const withTtl = (change: (ttlMs: number) => number | undefined) =>
  inClients<StateStore>((store) => ({
    set(key, value, { ttlMs, ...rest }: SetOptions = {}) {
      const changed = ttlMs === undefined ? undefined : change(ttlMs);
      return store.set(key, value, changed === undefined ? rest : { ...rest, ttlMs: changed });
    },
  }));

/** A store that remembers when each entry it wrote ends, and does something about it. */
function remembering(
  act: (store: StateStore, ends: Map<string, number>, now: () => number) => Partial<StateStore>,
) {
  return inClients<StateStore>((store, { clock }) => {
    const ends = new Map<string, number>();
    const now = () => clock?.now() ?? Date.now();
    const remembered: StateStore = {
      ...store,
      async set(key, value, options) {
        const result = await store.set(key, value, options);
        if (result.applied && options?.ttlMs) ends.set(key, now() + options.ttlMs);
        return result;
      },
    };
    return { ...remembered, ...act(remembered, ends, now) };
  });
}

export const ttlSaboteurs: readonly Saboteur<StateStore>[] = [
  {
    id: 'ttl-too-short',
    breaks: 'Ends entries 2 ms early',
    caughtBy: [{ check: 'state-store.ttl.not-early', message: 'to be there after 999 ms' }],
    sabotage: withTtl((ttlMs) => ttlMs - 2),
  },
  {
    id: 'ttl-ignored',
    breaks: 'Declares a time to live and keeps entries for ever',
    caughtBy: [
      { check: 'state-store.ttl.not-late', message: 'keys() 1000 ms after a set() with ttlMs 1000' },
    ],
    sabotage: withTtl(() => undefined),
  },
  {
    id: 'ttl-in-seconds',
    breaks: 'Rounds a time to live up to whole seconds, and one more',
    caughtBy: [{ check: 'state-store.ttl.not-late', message: 'after a set() with ttlMs 1000' }],
    sabotage: withTtl((ttlMs) => (Math.floor(ttlMs / 1000) + 1) * 1000),
  },
  {
    id: 'lists-the-expired',
    breaks: 'Lists keys whose time is over',
    caughtBy: [{ check: 'state-store.ttl.not-late', message: 'keys() 1000 ms' }],
    sabotage: remembering((store, ends) => ({
      async *keys(prefix = '', options = {}) {
        const listed = new Set<string>(ends.keys().filter((key) => key.startsWith(prefix)));
        yield* listed;
        for await (const key of store.keys(prefix, options)) if (!listed.has(key)) yield key;
      },
    })),
  },
  {
    id: 'reads-extend',
    breaks: 'Extends the life of what is read',
    caughtBy: [
      { check: 'state-store.ttl.reads-do-not-extend', message: 'read with get() half way to be undefined' },
    ],
    sabotage: remembering((store, ends) => ({
      async get(key, options) {
        const entry = await store.get(key, options);
        if (entry && ends.has(key)) await store.set(key, entry.value, { ttlMs: 1000 });
        return entry;
      },
    })),
  },
  {
    id: 'batch-reads-extend',
    breaks: 'Extends the life of what is read in a batch',
    caughtBy: [
      {
        check: 'state-store.ttl.reads-do-not-extend',
        message: 'read with getMany() half way to be undefined',
      },
    ],
    sabotage: remembering((store, ends) => ({
      async getMany(keys, options) {
        const found = await store.getMany(keys, options);
        for (const [key, { value }] of found) if (ends.has(key)) await store.set(key, value, { ttlMs: 1000 });
        return found;
      },
    })),
  },
  {
    id: 'keeps-old-ttl',
    breaks: 'Keeps the time to live of the value before',
    caughtBy: [
      {
        check: 'state-store.ttl.a-write-replaces-it',
        message: 'the entry last written without ttlMs to be 2',
      },
    ],
    sabotage: remembering((store, ends, now) => ({
      set(key, value, options = {}) {
        const leftMs = (ends.get(key) ?? 0) - now();
        const keep = options.ttlMs === undefined && options.ifVersion === undefined && leftMs > 0;
        return store.set(key, value, keep ? { ...options, ttlMs: leftMs } : options);
      },
    })),
  },
  {
    id: 'permanent-stays-permanent',
    breaks: 'Gives no time to live to what had none',
    caughtBy: [
      {
        check: 'state-store.ttl.a-write-replaces-it',
        message: 'the entry last written with a ttlMs to be undefined',
      },
    ],
    sabotage: inClients((store) => {
      const permanent = new Set<string>();
      return {
        async set(key, value, options = {}) {
          const { ttlMs, ...rest } = options;
          if (ttlMs === undefined && (await store.get(key)) === undefined) permanent.add(key);
          return store.set(key, value, permanent.has(key) ? rest : options);
        },
      };
    }),
  },
  {
    id: 'expired-blocks-create',
    breaks: 'Takes an expired entry for one when something is created',
    caughtBy: [
      {
        check: 'state-store.ttl.expired-counts-as-absent',
        message: 'a create over an expired entry to be applied',
      },
    ],
    sabotage: remembering((store, ends) => ({
      async set(key, value, options) {
        if (options?.ifVersion === null && ends.has(key)) return { applied: false };
        return store.set(key, value, options);
      },
    })),
  },
  {
    id: 'refused-write-extends',
    breaks: 'Sets the time to live also where the write is refused',
    caughtBy: [
      {
        check: 'state-store.ttl.refused-writes-keep-it',
        message: 'after a refused write with a longer ttlMs',
      },
    ],
    sabotage: inClients((store) => ({
      async set(key, value, options) {
        const result = await store.set(key, value, options);
        const entry = result.applied ? undefined : await store.get(key);
        if (entry && options?.ttlMs) await store.set(key, entry.value, { ttlMs: options.ttlMs });
        return result;
      },
    })),
  },
  {
    id: 'zero-is-for-ever',
    breaks: 'Takes a time to live of 0 or less for none',
    caughtBy: [{ check: 'state-store.ttl.refuses-nonsense', message: 'set() with ttlMs 0 to be refused' }],
    sabotage: withTtl((ttlMs) => (ttlMs > 0 ? ttlMs : undefined)),
  },
  {
    id: 'guarded-keeps-old-ttl',
    breaks: 'Replaces a value by compare-and-set, and leaves its time to live',
    caughtBy: [
      {
        check: 'state-store.ttl.a-write-replaces-it',
        message: 'the entry last written with ifVersion and without ttlMs to be 2',
      },
    ],
    sabotage: remembering((store, ends, now) => ({
      set(key, value, options = {}) {
        const leftMs = (ends.get(key) ?? 0) - now();
        const keep = options.ttlMs === undefined && typeof options.ifVersion === 'string' && leftMs > 0;
        return store.set(key, value, keep ? { ...options, ttlMs: leftMs } : options);
      },
    })),
  },
  {
    id: 'timer-overflows',
    breaks: 'Sets a timer for each entry, which fires at once where it is far',
    caughtBy: [{ check: 'state-store.ttl.any-length', message: 'the entry with ttlMs 2147483648 after' }],
    sabotage: inClients((store) => ({
      set(key, value, options = {}) {
        const { ttlMs = 0 } = options;
        const overflows = ttlMs >= 2 ** 31 && Number.isFinite(ttlMs);
        return store.set(key, value, overflows ? { ...options, ttlMs: 1 } : options);
      },
    })),
  },
];
