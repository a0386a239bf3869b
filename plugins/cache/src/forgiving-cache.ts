import { type Cache, toRunError } from '@aiwork/core';
import { type CacheListener, tell } from './cache-event.ts';

/** A cache whose failures are misses: what it would have spared is done instead. */
export interface ForgivingCache {
  get(key: string): Promise<Uint8Array | undefined>;
  set(key: string, value: Uint8Array, ttlMs: number | undefined): Promise<void>;
}

export function forgivingCache(cache: Cache, listener: CacheListener | undefined): ForgivingCache {
  const forgive = (key: string) => (error: unknown) => {
    tell(listener, { type: 'cache-failed', key, error: toRunError(error) });
    return undefined;
  };
  return {
    get: (key) => cache.get(key).catch(forgive(key)),
    set: (key, value, ttlMs) =>
      cache.set(key, value, ttlMs === undefined ? {} : { ttlMs }).catch(forgive(key)),
  };
}
