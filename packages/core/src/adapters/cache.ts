import type { Adapter, CallOptions, Durability } from './adapter.ts';

/** @since 0.1.0 */
export interface CacheCapabilities {
  readonly ttl: boolean;
  readonly maxKeyBytes: number;
  readonly maxValueBytes: number;
  readonly durability: Durability;
}

/**
 * Bytes that may be gone at any time, and are never stale beyond their time to live.
 *
 * @since 0.1.0
 */
export interface Cache extends Adapter<CacheCapabilities> {
  get(key: string, options?: CallOptions): Promise<Uint8Array | undefined>;
  /** `ttlMs`: time to live in milliseconds, more than 0; without it the entry stays until it is evicted. */
  set(key: string, value: Uint8Array, options?: CallOptions & { readonly ttlMs?: number }): Promise<void>;
  /** Whether an entry was deleted. */
  delete(key: string, options?: CallOptions): Promise<boolean>;
}
