import type { Adapter, CallOptions, Durability } from './adapter.ts';

/** @since 0.1.0 */
export interface CacheCapabilities {
  /** Whether an entry can have a time to live; without it, a `ttlMs` is refused. */
  readonly ttl: boolean;
  /** In bytes of UTF-8. */
  readonly maxKeyBytes: number;
  /** In bytes of the value. */
  readonly maxValueBytes: number;
  /** What an entry outlives that is not evicted. */
  readonly durability: Durability;
}

/**
 * Bytes that may be gone at any time to make room for others, and are never given beyond their time to live.
 *
 * - A miss says nothing about the past. A hit is the value that was set last, whole: once a call that replaced or
 *   deleted it has resolved, no client of the namespace gives an older one, also not after something was evicted.
 * - Entries are evicted for others: the one that was set last is there for every client of the namespace until
 *   something else is set, it is deleted, or its time is over.
 * - Keys are any well-formed string of at least one character (an unpaired surrogate is refused) and never reach the
 *   service's own syntax nor another namespace.
 *
 * @since 0.1.0
 */
export interface Cache extends Adapter<CacheCapabilities> {
  /**
   * The value, in memory of its own: the caller may change it, and its `buffer` holds nothing else. `undefined` for a
   * miss; an empty value is a hit.
   */
  get(key: string, options?: CallOptions): Promise<Uint8Array | undefined>;
  /**
   * Replaces what the key had before, value and time to live. The bytes are those `value` shows when it is called, and
   * not what its buffer holds around them; anything but a `Uint8Array` is refused.
   *
   * `ttlMs`: time to live in milliseconds, more than 0, fractions included. It has begun when the call resolves, and
   * reading does not extend it. A service that counts in seconds rounds it down. Without it the entry stays until it is
   * evicted.
   */
  set(key: string, value: Uint8Array, options?: CallOptions & { readonly ttlMs?: number }): Promise<void>;
  /** Whether an entry was deleted: of several callers at once, one is told so. */
  delete(key: string, options?: CallOptions): Promise<boolean>;
}
