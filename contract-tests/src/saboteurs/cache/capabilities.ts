import type { Cache, CacheCapabilities } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';

const declaring = (changes: Partial<CacheCapabilities>) =>
  inClients<Cache>(({ capabilities }) => ({ capabilities: Object.freeze({ ...capabilities, ...changes }) }));

const cut = (text: string, bytes: number) => Buffer.from(text).subarray(0, bytes).toString();

export const capabilitySaboteurs: readonly Saboteur<Cache>[] = [
  {
    id: 'ttl-declared-as-a-number',
    breaks: 'Declares a time to live by its longest',
    caughtBy: [{ check: 'cache.capabilities.declared', message: 'ttl to be a boolean' }],
    sabotage: declaring({ ttl: 86_400_000 as never }),
  },
  {
    id: 'no-limit-as-zero',
    breaks: 'Declares that it knows no limit as 0',
    caughtBy: [
      {
        check: 'cache.capabilities.declared',
        message: 'maxKeyBytes and maxValueBytes to be greater than 0',
      },
    ],
    sabotage: declaring({ maxValueBytes: 0 }),
  },
  {
    id: 'capabilities-not-frozen',
    breaks: 'Gives capabilities that anybody may change',
    caughtBy: [{ check: 'cache.capabilities.frozen', message: 'capabilities to be frozen in depth' }],
    sabotage: inClients(({ capabilities }) => ({ capabilities: { ...capabilities } })),
  },
  {
    id: 'understates-ttl',
    breaks: 'Declares no time to live and takes one',
    caughtBy: [
      {
        check: 'cache.capabilities.refuses-ttl',
        message: 'set() with ttlMs to be refused with AIWORK_UNSUPPORTED_CAPABILITY',
      },
    ],
    sabotage: declaring({ ttl: false }),
  },
  {
    id: 'cuts-keys',
    breaks: 'Cuts keys off at the limit',
    caughtBy: [
      { check: 'cache.capabilities.key-bytes', message: 'set() of a key of 2049 bytes to be refused' },
    ],
    sabotage: inClients((cache) => {
      const fit = (key: string) => (typeof key === 'string' ? cut(key, cache.capabilities.maxKeyBytes) : key);
      return {
        get: (key, options) => cache.get(fit(key), options),
        set: (key, value, options) => cache.set(fit(key), value, options),
        delete: (key, options) => cache.delete(fit(key), options),
      };
    }),
  },
  {
    id: 'counts-characters',
    breaks: 'Takes its limit of bytes for one of characters',
    caughtBy: [{ check: 'cache.capabilities.key-bytes', message: 'AIWORK_LIMIT_EXCEEDED' }],
    sabotage: declaring({ maxKeyBytes: 4096 }),
  },
  {
    id: 'cuts-values',
    breaks: 'Cuts values off at the limit',
    caughtBy: [
      { check: 'cache.capabilities.value-bytes', message: 'set() of a value of 100001 bytes to be refused' },
    ],
    sabotage: inClients((cache) => ({
      set: (key, value, options) =>
        cache.set(
          key,
          value instanceof Uint8Array ? value.subarray(0, cache.capabilities.maxValueBytes) : value,
          options,
        ),
    })),
  },
  {
    id: 'drops-what-is-too-large',
    breaks: 'Takes a value that is too large, and does not keep it',
    caughtBy: [
      { check: 'cache.capabilities.value-bytes', message: 'set() of a value of 100001 bytes to be refused' },
    ],
    sabotage: inClients((cache) => ({
      async set(key, value, options) {
        if (!(value?.byteLength > cache.capabilities.maxValueBytes)) await cache.set(key, value, options);
      },
    })),
  },
  {
    id: 'overstates-value-limit',
    breaks: 'Declares a byte more than it takes',
    caughtBy: [{ check: 'cache.capabilities.value-bytes', message: 'AIWORK_LIMIT_EXCEEDED' }],
    sabotage: declaring({ maxValueBytes: 100_001 }),
  },
];
