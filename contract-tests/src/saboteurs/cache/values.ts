import type { Cache } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';

/** A cache that gives something else than it holds. */
const giving = (change: (value: Uint8Array) => unknown) =>
  inClients<Cache>((cache) => ({
    async get(key, options) {
      const value = await cache.get(key, options);
      return value && (change(value) as Uint8Array | undefined);
    },
  }));

export const valueSaboteurs: readonly Saboteur<Cache>[] = [
  {
    id: 'through-text',
    breaks: 'Stores bytes as text',
    caughtBy: [
      { check: 'cache.values.round-trip', message: 'the value just set, every byte, to be' },
      { check: 'cache.sequences.like-a-map-that-forgets', message: 'after set(' },
    ],
    sabotage: giving((value) => new TextEncoder().encode(Buffer.from(value).toString())),
  },
  {
    id: 'stops-at-nul',
    breaks: 'Ends a value at its first zero',
    caughtBy: [{ check: 'cache.values.round-trip', message: 'the value just set, a zero, to be' }],
    sabotage: giving((value) => {
      const end = value.indexOf(0);
      return end < 0 ? value : value.slice(0, end);
    }),
  },
  {
    id: 'gives-text',
    breaks: 'Gives a string',
    caughtBy: [{ check: 'cache.values.round-trip', message: 'to give a Uint8Array or undefined' }],
    sabotage: giving((value) => Buffer.from(value).toString('latin1')),
  },
  {
    id: 'empty-is-a-miss',
    breaks: 'Takes an empty value for none',
    caughtBy: [
      { check: 'cache.values.round-trip', message: 'the value just set, no byte, to be' },
      { check: 'cache.values.absent', message: "the empty value to be ''" },
    ],
    sabotage: giving((value) => (value.byteLength > 0 ? value : undefined)),
  },
  {
    id: 'first-piece-only',
    breaks: 'Ends a value with the first piece that arrives',
    caughtBy: [{ check: 'cache.values.large', message: 'the number of bytes of a large value' }],
    sabotage: giving((value) => value.slice(0, 65_536)),
  },
  {
    id: 'swaps-pieces',
    breaks: 'Puts the pieces of a large value together in the wrong order',
    caughtBy: [{ check: 'cache.values.large', message: 'a large value to come back as it was' }],
    sabotage: giving((value) =>
      value.byteLength > 65_536
        ? new Uint8Array(Buffer.concat([value.subarray(65_536), value.subarray(0, 65_536)]))
        : value,
    ),
  },
  {
    id: 'writes-over',
    breaks: 'Writes a shorter value over the beginning of a longer one',
    caughtBy: [{ check: 'cache.values.replaced', message: "seen      'shortg value'" }],
    sabotage: inClients((cache) => ({
      async set(key, value, options) {
        const before = value instanceof Uint8Array ? await cache.get(key) : undefined;
        if (!before || before.byteLength <= value.byteLength) return cache.set(key, value, options);
        before.set(value);
        return cache.set(key, before, options);
      },
    })),
  },
  {
    id: 'absent-as-empty',
    breaks: 'Gives an empty value for a key that was never set',
    caughtBy: [{ check: 'cache.values.absent', message: "get('other') to be undefined" }],
    sabotage: inClients((cache) => ({
      get: async (key, options) => (await cache.get(key, options)) ?? new Uint8Array(),
    })),
  },
  {
    id: 'delete-always-true',
    breaks: 'Says that it deleted what was not there',
    caughtBy: [{ check: 'cache.values.deleted', message: 'the second delete() to be false' }],
    sabotage: inClients((cache) => ({
      async delete(key, options) {
        await cache.delete(key, options);
        return true;
      },
    })),
  },
  {
    id: 'empties-instead-of-deleting',
    breaks: 'Puts an empty value in place of what is deleted',
    caughtBy: [{ check: 'cache.values.deleted', message: 'get() after delete() to be undefined' }],
    sabotage: inClients((cache) => ({
      async delete(key, options) {
        const deleted = await cache.delete(key, options);
        if (deleted) await cache.set(key, new Uint8Array());
        return deleted;
      },
    })),
  },
  {
    id: 'takes-anything',
    breaks: 'Makes bytes of whatever it is given',
    caughtBy: [
      { check: 'cache.values.refuses-what-is-no-bytes', message: 'set() of a string to be refused' },
    ],
    sabotage: inClients((cache) => ({
      set: (key, value, options) => cache.set(key, Buffer.from(value ?? ''), options),
    })),
  },
  {
    id: 'takes-any-view',
    breaks: 'Cuts the numbers of other arrays down to bytes',
    caughtBy: [
      { check: 'cache.values.refuses-what-is-no-bytes', message: 'set() of a Float32Array to be refused' },
    ],
    sabotage: inClients((cache) => ({
      set: (key, value: unknown, options) =>
        cache.set(
          key,
          value instanceof Float32Array ? Uint8Array.from(value) : (value as Uint8Array),
          options,
        ),
    })),
  },
  {
    id: 'refuses-too-late',
    breaks: 'Deletes what was there before it refuses the new value',
    caughtBy: [
      { check: 'cache.values.refuses-what-is-no-bytes', message: 'the value after set() of a string' },
    ],
    sabotage: inClients((cache) => ({
      async set(key, value, options) {
        try {
          return await cache.set(key, value, options);
        } catch (error) {
          await cache.delete(key).catch(() => {});
          throw error;
        }
      },
    })),
  },
];
