import type { Cache } from '@aiwork/core';
import { checkKey, checkSignal, checkTtl, invalidArgument, limitExceeded } from '@aiwork/core/adapter-kit';

/** How a reference cache is made. */
export interface ReferenceCacheOptions {
  readonly now: () => number;
  /** How many entries there is room for. */
  readonly capacity: number;
}

const maxKeyBytes = 2048;
const maxValueBytes = 100_000;
const capabilities: Cache['capabilities'] = Object.freeze({
  ttl: true,
  maxKeyBytes,
  maxValueBytes,
  durability: 'service-restart',
});

function checkValue(value: unknown): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) throw invalidArgument('the value is no Uint8Array: give one');
  if (value.byteLength > maxValueBytes) {
    throw limitExceeded('the value', value.byteLength, 'maxValueBytes', maxValueBytes);
  }
}

/** A cache that forgets what was set first when it has no room: small enough to be seen to be correct. */
export function createReferenceCache({ now, capacity }: ReferenceCacheOptions): Cache {
  const entries = new Map<string, { readonly value: Uint8Array; readonly expiresAt: number }>();
  const close = async () => {};

  function current(key: string): Uint8Array | undefined {
    const entry = entries.get(key);
    return entry && entry.expiresAt > now() ? entry.value : undefined;
  }

  return {
    capabilities,
    async get(key, { signal } = {}) {
      checkSignal(signal);
      checkKey(key, maxKeyBytes);
      const value = current(key);
      return value && new Uint8Array(value);
    },
    async set(key, value, { ttlMs, signal } = {}) {
      checkSignal(signal);
      checkKey(key, maxKeyBytes);
      checkValue(value);
      if (ttlMs !== undefined) checkTtl(ttlMs);
      entries.delete(key);
      const [oldest] = entries.keys();
      if (oldest !== undefined && entries.size >= capacity) entries.delete(oldest);
      const expiresAt = ttlMs === undefined ? Number.POSITIVE_INFINITY : now() + ttlMs;
      entries.set(key, { value: new Uint8Array(value), expiresAt });
    },
    async delete(key, { signal } = {}) {
      checkSignal(signal);
      checkKey(key, maxKeyBytes);
      const wasThere = current(key) !== undefined;
      entries.delete(key);
      return wasThere;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
