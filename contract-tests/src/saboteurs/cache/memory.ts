import type { Cache } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';

const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;

export const memorySaboteurs: readonly Saboteur<Cache>[] = [
  {
    id: 'stores-the-buffer',
    breaks: 'Stores the whole buffer that a view looks into',
    caughtBy: [{ check: 'cache.memory.views', message: 'the value set from a view into a larger buffer' }],
    sabotage: inClients((cache) => ({
      set: (key, value, options) =>
        cache.set(key, isBytes(value) ? new Uint8Array(value.buffer) : value, options),
    })),
  },
  {
    id: 'no-shared-memory',
    breaks: 'Writes with something that takes no shared memory, and stores zeros',
    caughtBy: [{ check: 'cache.memory.views', message: 'the value set from a view into shared memory' }],
    sabotage: inClients((cache) => ({
      set: (key, value, options) =>
        cache.set(
          key,
          isBytes(value) && value.buffer instanceof SharedArrayBuffer ? new Uint8Array(value.length) : value,
          options,
        ),
    })),
  },
  {
    id: 'sends-later',
    breaks: 'Sends the bytes only after the caller went on with its array',
    caughtBy: [
      { check: 'cache.memory.taken-at-the-call', message: 'the value after the array given to set() was' },
    ],
    sabotage: inClients((cache) => ({
      async set(key, value, options) {
        await Promise.resolve();
        return cache.set(key, value, options);
      },
    })),
  },
  {
    id: 'keeps-the-array',
    breaks: 'Keeps the array it was given',
    caughtBy: [
      { check: 'cache.memory.taken-at-the-call', message: 'the value after the array given to set() was' },
    ],
    sabotage: inClients((cache) => {
      const kept = new Map<string, Uint8Array>();
      return {
        set(key, value, options) {
          if (isBytes(value)) kept.set(key, value);
          return cache.set(key, value, options);
        },
        async get(key, options) {
          const value = await cache.get(key, options);
          const own = kept.get(key);
          return own?.byteLength === value?.byteLength ? own : value;
        },
      };
    }),
  },
  {
    id: 'hands-out-its-own',
    breaks: 'Gives all readers of a value the same array',
    caughtBy: [
      { check: 'cache.memory.not-shared', message: 'what another reader was given at the same time' },
    ],
    sabotage: inClients((cache) => {
      const handed = new Map<string, Uint8Array>();
      return {
        async get(key, options) {
          const value = await cache.get(key, options);
          const own = handed.get(key);
          if (value && own && Buffer.compare(value, own) === 0) return own;
          if (value) handed.set(key, value);
          return value;
        },
      };
    }),
  },
  {
    id: 'slices-a-pool',
    breaks: 'Gives a view into the buffer that answers arrive in',
    caughtBy: [{ check: 'cache.memory.of-its-own', message: 'where a value of 0 bytes lies in its buffer' }],
    sabotage: inClients((cache) => ({
      async get(key, options) {
        const value = await cache.get(key, options);
        if (!value) return undefined;
        const pool = new Uint8Array(value.byteLength + 16);
        pool.set(value, 8);
        return pool.subarray(8, 8 + value.byteLength);
      },
    })),
  },
];
