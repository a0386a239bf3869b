import type { Cache } from '@aiwork/core';
import { checkKey, checkSignal, checkTtl, createCallGate, invalidArgument } from '@aiwork/core/adapter-kit';
import { checkEntry } from './cache-options.ts';
import { keyWrites } from './key-writes.ts';
import { envelopeBytes, openEnvelope, sealEnvelope } from './tier-envelope.ts';

/** @since 0.1.0 */
export interface TieredCacheOptions {
  /** Asked first: small and quick, such as `memoryCache()`. Closed with the tiers. */
  readonly near: Cache;
  /** Has everything: large, and perhaps shared, such as `diskCache()` or the cache of `@aiwork/redis`. Closed with the tiers. */
  readonly far: Cache;
  /** How long an entry stays near at most, in milliseconds. Default 10,000. */
  readonly nearTtlMs?: number;
  /** The clock times to live are measured by, in milliseconds since the Unix epoch. Default `Date.now`. */
  readonly now?: () => number;
}

/**
 * A small cache before a large one. What is set goes to `far`, and what is read from there stays `near` for a while.
 *
 * It keeps the contract of caches for everybody who uses this object. Another process with a `near` of its own may see what
 * was replaced or deleted elsewhere for up to `nearTtlMs`; times to live hold everywhere. `far` has the values with
 * when they end before them, so that others read them through tiers, too. When `far` fails, so does what needs it.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when one of the two keeps no times to live, or `near` takes less than `far` does.
 * @example
 * ```ts
 * import { memoryCache, tieredCache } from '@aiwork/cache';
 *
 * const far = memoryCache();
 * await using cache = tieredCache({ near: memoryCache({ maxEntries: 100 }), far });
 * await cache.set('greeting', new TextEncoder().encode('hello'));
 * console.log(new TextDecoder().decode(await cache.get('greeting'))); // hello
 * ```
 * @since 0.1.0
 */
export function tieredCache({ near, far, nearTtlMs = 10_000, now = Date.now }: TieredCacheOptions): Cache {
  checkTtl(nearTtlMs, 'nearTtlMs');
  if (!near.capabilities.ttl || !far.capabilities.ttl) {
    throw invalidArgument('a tier keeps no times to live: give caches that do');
  }
  const maxKeyBytes = Math.min(near.capabilities.maxKeyBytes, far.capabilities.maxKeyBytes);
  const maxValueBytes = Math.min(
    near.capabilities.maxValueBytes,
    far.capabilities.maxValueBytes - envelopeBytes,
  );
  const writes = keyWrites();
  const gate = createCallGate('the tiered cache', async () => {
    await Promise.all([near.close(), far.close()]);
  });

  async function keepNear(key: string, value: Uint8Array, expiresAt: number): Promise<void> {
    const ttlMs = Math.min(nearTtlMs, expiresAt - now());
    if (ttlMs > 0) await near.set(key, value, { ttlMs });
  }

  return {
    capabilities: Object.freeze({
      ttl: true,
      maxKeyBytes,
      maxValueBytes,
      durability: far.capabilities.durability,
    }),

    get(key, options = {}) {
      return gate.pass(async () => {
        checkSignal(options.signal);
        checkKey(key, maxKeyBytes);
        const kept = await near.get(key, options);
        if (kept) return kept;
        const found = await writes.read(
          key,
          async () => {
            const sealed = await far.get(key, options);
            return sealed && openEnvelope(sealed);
          },
          async (read) => read && keepNear(key, read.value, read.expiresAt),
        );
        return found && found.expiresAt > now() ? found.value : undefined;
      });
    },

    set(key, value, { ttlMs, signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        checkEntry(key, value, ttlMs, { maxKeyBytes, maxValueBytes });
        const expiresAt = ttlMs === undefined ? Number.POSITIVE_INFINITY : now() + ttlMs;
        const sealed = sealEnvelope(value, expiresAt);
        await writes.write(key, async () => {
          await near.delete(key);
          await far.set(key, sealed, { ...(ttlMs !== undefined && { ttlMs }), ...(signal && { signal }) });
        });
      });
    },

    delete(key, { signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        checkKey(key, maxKeyBytes);
        return writes.write(key, async () => {
          await near.delete(key);
          return far.delete(key, { ...(signal && { signal }) });
        });
      });
    },

    close: gate.close,
    [Symbol.asyncDispose]: gate.close,
  };
}
