import type { Cache } from '@aiwork/core';
import {
  checkKey,
  checkSignal,
  createCallGate,
  defaultMaxKeyBytes,
  limitOption,
} from '@aiwork/core/adapter-kit';
import { LRUCache } from 'lru-cache';
import { checkEntry, checkRoom, countOption, entryRoom } from './cache-options.ts';

/** @since 0.1.0 */
export interface MemoryCacheOptions {
  /** Entries there is room for. Default 10,000. */
  readonly maxEntries?: number;
  /** Bytes of keys and values there is room for. Default 64 MiB. */
  readonly maxBytes?: number;
  /** Longest key, in bytes of UTF-8. Default 16,384, at most a quarter of `maxBytes`. */
  readonly maxKeyBytes?: number;
  /** Largest value. Default a quarter of `maxBytes`. */
  readonly maxValueBytes?: number;
  /** The clock times to live are measured by, in milliseconds since any moment. Default `Date.now`. */
  readonly now?: () => number;
}

interface Entry {
  readonly value: Uint8Array<ArrayBuffer>;
  readonly expiresAt: number;
}

/**
 * A cache in the memory of this process. What was used least recently is evicted when `maxEntries` or `maxBytes` is
 * reached.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { memoryCache } from '@aiwork/cache';
 *
 * await using cache = memoryCache({ maxBytes: 1 << 20 });
 * await cache.set('greeting', new TextEncoder().encode('hello'), { ttlMs: 60_000 });
 * console.log(new TextDecoder().decode(await cache.get('greeting'))); // hello
 * ```
 * @since 0.1.0
 */
export function memoryCache(options: MemoryCacheOptions = {}): Cache {
  const maxEntries = countOption(options.maxEntries ?? 10_000, 'maxEntries');
  const maxBytes = limitOption(options.maxBytes, 'maxBytes', 64 << 20);
  const maxKeyBytes = limitOption(
    options.maxKeyBytes,
    'maxKeyBytes',
    Math.min(defaultMaxKeyBytes, Math.ceil(maxBytes / 4)),
  );
  const maxValueBytes = limitOption(options.maxValueBytes, 'maxValueBytes', Math.ceil(maxBytes / 4));
  const { now = Date.now } = options;
  checkRoom({ maxBytes, maxKeyBytes, maxValueBytes });
  const entries = new LRUCache<string, Entry>({
    max: maxEntries,
    maxSize: maxBytes,
    sizeCalculation: ({ value }, key) => entryRoom(key, value),
  });
  const gate = createCallGate('the cache in memory', () => entries.clear());

  function current(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry === undefined || entry.expiresAt > now()) return entry;
    entries.delete(key);
    return undefined;
  }

  return {
    capabilities: Object.freeze({ ttl: true, maxKeyBytes, maxValueBytes, durability: 'process' }),

    get(key, { signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        checkKey(key, maxKeyBytes);
        return current(key)?.value.slice();
      });
    },

    set(key, value, { ttlMs, signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        checkEntry(key, value, ttlMs, { maxKeyBytes, maxValueBytes });
        const expiresAt = ttlMs === undefined ? Number.POSITIVE_INFINITY : now() + ttlMs;
        // A copy, which its caller cannot change.
        entries.set(key, { value: new Uint8Array(value), expiresAt });
      });
    },

    delete(key, { signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        checkKey(key, maxKeyBytes);
        return current(key) !== undefined && entries.delete(key);
      });
    },

    close: gate.close,
    [Symbol.asyncDispose]: gate.close,
  };
}
