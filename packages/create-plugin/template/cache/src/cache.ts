import type { Cache, CacheCapabilities } from '@aiwork/core';
import {
  checkKey,
  checkSignal,
  checkTtl,
  createCallGate,
  invalidArgument,
  limitExceeded,
} from '@aiwork/core/adapter-kit';

// The contract is the TSDoc of `Cache` in @aiwork/core. [cache.eviction] names the checks that hold a line to it:
// `npx aiwork-contract explain ID` says what one is about.

export interface CacheOptions {
  /** Keeps tenants apart: a cache sees nothing of other namespaces. Default `default`. */
  readonly namespace?: string;
}

/**
 * What is declared is checked, and what is declared absent has to be refused with `UnsupportedCapabilityError`, without
 * effect. [cache.capabilities]
 */
const capabilities: CacheCapabilities = Object.freeze({
  ttl: true,
  // Exact: at n it works, at n + 1 it refuses.
  maxKeyBytes: 4096,
  maxValueBytes: 1_048_576,
  // What an entry outlives that is not evicted: 'process', 'service-restart' or 'service-kill'.
  durability: 'process',
});
const { maxKeyBytes, maxValueBytes } = capabilities;

export function createCache({ namespace = 'default' }: CacheOptions = {}): Cache {
  // Refuses calls after close(), and lets close() wait for those in flight. [cache.ending]
  const gate = createCallGate('the cache', async () => {
    // Close the connection, timers and listeners here.
  });

  return {
    capabilities,

    // Bytes in memory of their own, or undefined for a miss; an empty value is a hit. [cache.values] [cache.memory]
    get(key, { signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        checkKey(key, maxKeyBytes);
        throw notYet('get');
      });
    },

    // The bytes as they are at the call; a write brings its own time to live, or none. [cache.memory] [cache.ttl]
    set(key, value, { ttlMs, signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        checkKey(key, maxKeyBytes);
        if (ttlMs !== undefined) checkTtl(ttlMs);
        if (!(value instanceof Uint8Array)) throw invalidArgument('the value is no Uint8Array: give bytes');
        if (value.byteLength > maxValueBytes) {
          throw limitExceeded('the value', value.byteLength, 'maxValueBytes', maxValueBytes);
        }
        throw notYet('set');
      });
    },

    // True once for each entry that was there. [cache.values] [cache.races]
    delete(key, { signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        checkKey(key, maxKeyBytes);
        throw notYet('delete');
      });
    },

    close: () => gate.close(),

    [Symbol.asyncDispose]: () => gate.close(),
  };
}

function notYet(method: keyof Cache): Error {
  return new Error(`not implemented yet: Cache.${String(method)}`);
}
