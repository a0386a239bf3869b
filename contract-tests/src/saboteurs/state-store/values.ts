import type { StateEntry, StateStore } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';

/** Copies by assignment, on which `__proto__` is lost. */
function carelessCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) copy[key] = carelessCopy(item);
  return copy;
}

const isPlain = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

export const valueSaboteurs: readonly Saboteur<StateStore>[] = [
  {
    id: 'falsy-is-absent',
    breaks: 'Takes a stored null, 0, false or empty string for no entry',
    caughtBy: [{ check: 'state-store.values.round-trip', message: 'the value just set to be null' }],
    sabotage: inClients((store) => ({
      async get(key, options) {
        const entry = await store.get(key, options);
        return entry?.value ? entry : undefined;
      },
    })),
  },
  {
    id: 'careless-copy',
    breaks: 'Loses a property named __proto__',
    caughtBy: [{ check: 'state-store.values.round-trip', message: "['__proto__']: 1" }],
    sabotage: inClients((store) => ({
      async get(key, options) {
        const entry = await store.get(key, options);
        return entry && { ...entry, value: carelessCopy(entry.value) };
      },
    })),
  },
  {
    id: 'undefined-as-null',
    breaks: 'Stores undefined properties as null',
    caughtBy: [{ check: 'state-store.values.undefined-property', message: 'seen      { a: null' }],
    sabotage: inClients((store) => ({
      set: (key, value, options) =>
        store.set(
          key,
          isPlain(value) ? JSON.parse(JSON.stringify(value, (_, item) => item ?? null)) : value,
          options,
        ),
    })),
  },
  {
    id: 'stringify-and-hope',
    breaks: 'Stores whatever JSON.stringify makes of a value',
    caughtBy: [
      { check: 'state-store.values.refuses-what-json-changes', message: 'set() of a Date to be refused' },
    ],
    sabotage: inClients((store) => ({
      async set(key, value, options) {
        return store.set(key, JSON.parse(JSON.stringify(value)), options);
      },
    })),
  },
  {
    id: 'refuses-too-late',
    breaks: 'Deletes what was there before it refuses the new value',
    caughtBy: [
      { check: 'state-store.values.refuses-what-json-changes', message: 'the value after set() of a Date' },
    ],
    sabotage: inClients((store) => ({
      async set(key, value, options) {
        try {
          return await store.set(key, value, options);
        } catch (error) {
          await store.delete(key).catch(() => {});
          throw error;
        }
      },
    })),
  },
  {
    id: 'hands-out-its-own',
    breaks: 'Gives every reader of a version the same object',
    caughtBy: [{ check: 'state-store.values.not-shared', message: 'seen      { list: [ 1, 3 ] }' }],
    sabotage: inClients((store) => {
      const known = new Map<string, StateEntry>();
      return {
        async get(key, options) {
          const entry = await store.get(key, options);
          if (entry && !known.has(entry.version)) known.set(entry.version, entry);
          return entry && known.get(entry.version);
        },
      };
    }),
  },
  {
    id: 'encodes-late',
    breaks: 'Makes JSON of a value only after the caller went on with it',
    caughtBy: [{ check: 'state-store.values.not-shared', message: 'seen      { list: [ 1, 2 ] }' }],
    sabotage: inClients((store) => ({
      async set(key, value, options) {
        await Promise.resolve();
        return store.set(key, value, options);
      },
    })),
  },
  {
    id: 'merges',
    breaks: 'Merges objects instead of replacing them',
    caughtBy: [{ check: 'state-store.values.replaced', message: 'the value written last' }],
    sabotage: inClients((store) => ({
      async set(key, value, options) {
        const before = (await store.get(key))?.value;
        const merged =
          isPlain(before) && isPlain(value) ? { ...(before as object), ...(value as object) } : value;
        return store.set(key, merged, options);
      },
    })),
  },
  {
    id: 'absent-as-null',
    breaks: 'Gives an entry of null for a key that was never set',
    caughtBy: [{ check: 'state-store.values.absent', message: "get('other') to be undefined" }],
    sabotage: inClients((store) => ({
      get: async (key, options) => (await store.get(key, options)) ?? { value: null, version: '0' },
    })),
  },
  {
    id: 'delete-always-true',
    breaks: 'Says that it deleted what was not there',
    caughtBy: [{ check: 'state-store.values.deleted', message: 'the second delete() to be false' }],
    sabotage: inClients((store) => ({
      async delete(key, options) {
        await store.delete(key, options);
        return true;
      },
    })),
  },
  {
    id: 'many-skips-falsy',
    breaks: 'Leaves falsy values out of batch reads',
    caughtBy: [{ check: 'state-store.many.those-that-exist', message: 'the keys that getMany() found' }],
    sabotage: inClients((store) => ({
      async getMany(keys, options) {
        return new Map([...(await store.getMany(keys, options))].filter(([, { value }]) => value));
      },
    })),
  },
  {
    id: 'many-cuts-off',
    breaks: 'Reads the first 1000 keys of a batch',
    caughtBy: [{ check: 'state-store.many.beyond-a-batch', message: 'seen      1000' }],
    sabotage: inClients((store) => ({
      getMany: (keys, options) => store.getMany(keys.slice(0, 1000), options),
    })),
  },
  {
    id: 'numbers-of-32-bits',
    breaks: 'Keeps numbers in columns of 32 bits',
    caughtBy: [
      { check: 'state-store.values.round-trip', message: 'the value just set to be 0.30000000000000004' },
    ],
    sabotage: inClients((store) => ({
      set: (key, value, options) =>
        store.set(
          key,
          typeof value === 'number' && Math.abs(value) < 1 ? Math.fround(value) : value,
          options,
        ),
    })),
  },
  {
    id: 'revives-dates',
    breaks: 'Takes texts that look like times for times',
    caughtBy: [{ check: 'state-store.values.round-trip', message: "to be '2026-11-21T09:30:00.000Z'" }],
    sabotage: inClients((store) => ({
      async get(key, options) {
        const entry = await store.get(key, options);
        const isTime = typeof entry?.value === 'string' && /^\d{4}-\d\d-\d\dT/.test(entry.value);
        return isTime ? { ...entry, value: new Date(`${entry.value}`) } : entry;
      },
    })),
  },
  {
    id: 'honours-to-json',
    breaks: 'Stores what toJSON() gives',
    caughtBy: [
      {
        check: 'state-store.values.refuses-what-json-changes',
        message: 'set() of an object with a toJSON() of its own to be refused',
      },
    ],
    sabotage: inClients((store) => ({
      set: (key, value, options) =>
        store.set(
          key,
          isPlain(value) && 'toJSON' in Object(value) ? JSON.parse(JSON.stringify(value)) : value,
          options,
        ),
    })),
  },
  {
    id: 'batches-from-memory',
    breaks: 'Gives the objects of its own memory to those who read a batch',
    caughtBy: [{ check: 'state-store.values.not-shared', message: 'the value in getMany() after a reader' }],
    sabotage: inClients((store) => {
      const read = new Map<string, StateEntry>();
      return {
        async getMany(keys, options) {
          const found = await store.getMany(keys, options);
          for (const { version, ...entry } of found.values())
            if (!read.has(version)) read.set(version, { ...entry, version });
          return new Map([...found].map(([key, entry]) => [key, read.get(entry.version) ?? entry]));
        },
      };
    }),
  },
];
