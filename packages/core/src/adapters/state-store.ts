import type { Adapter, CallOptions, Durability } from './adapter.ts';

/** @since 0.1.0 */
export interface StateStoreCapabilities {
  readonly consistency: 'linearizable' | 'read-your-writes' | { readonly eventualMs: number };
  readonly compareAndSet: boolean;
  /** An expired entry is gone at the latest `maxLateMs` after its time, and never early by more than `granularityMs`. */
  readonly ttl: false | { readonly granularityMs: number; readonly maxLateMs: number };
  /** `lexicographic`: by code points, which is the order of the keys' bytes in UTF-8. */
  readonly list: false | { readonly order: 'none' | 'lexicographic' };
  /** In bytes of UTF-8. */
  readonly maxKeyBytes: number;
  /** In bytes of the value's JSON in UTF-8. */
  readonly maxValueBytes: number;
  readonly durability: Durability;
}

/** A value and the version it has. @since 0.1.0 */
export interface StateEntry {
  readonly value: unknown;
  /** Opaque; differs after every write of the key, also after delete and re-creation. */
  readonly version: string;
}

/** @since 0.1.0 */
export interface SetOptions extends CallOptions {
  /** Time to live in milliseconds, more than 0. Without it the entry stays, whatever it had before. */
  readonly ttlMs?: number;
  /** Write only if the key has this version; `null`: only if there is no such key. */
  readonly ifVersion?: string | null;
}

/**
 * Versioned key-value state shared by agents and flows.
 *
 * Values are JSON data: what JSON would change (a `Date`, `NaN`, a class instance …) is refused, a property that is
 * `undefined` counts as absent, and a stored `undefined` is refused. Keys are any well-formed string of at least one character
 * (an unpaired surrogate is refused) and never reach the service's own syntax nor another namespace.
 *
 * @since 0.1.0
 */
export interface StateStore extends Adapter<StateStoreCapabilities> {
  get(key: string, options?: CallOptions): Promise<StateEntry | undefined>;
  set(
    key: string,
    value: unknown,
    options?: SetOptions,
  ): Promise<{ readonly applied: true; readonly version: string } | { readonly applied: false }>;
  /** Whether an entry was deleted. With `ifVersion`, only if it has that version. */
  delete(key: string, options?: CallOptions & { readonly ifVersion?: string }): Promise<boolean>;
  /**
   * Keys that start with `prefix`, each once, in the declared order. Keys present during the whole iteration are always
   * among them.
   */
  keys(prefix?: string, options?: CallOptions): AsyncIterable<string>;
  /** The entries of those `keys` that exist. */
  getMany(keys: readonly string[], options?: CallOptions): Promise<ReadonlyMap<string, StateEntry>>;
}
