import type { CallOptions } from './adapters/adapter.ts';
import type { StateEntry, StateStore } from './adapters/state-store.ts';
import { type Duration, toMilliseconds } from './duration.ts';
import { AiworkError, UnsupportedCapabilityError } from './errors.ts';

/** How often `updateState` tries before it gives up. */
const defaultMaxAttempts = 20;

/** @since 0.1.0 */
export interface SaveStateOptions extends CallOptions {
  /** Time to live. Without it the entry stays. */
  readonly ttl?: Duration;
  /** Save only if the key has this version; `null`: only if there is no such key. */
  readonly ifVersion?: string | null;
}

/** @since 0.1.0 */
export interface UpdateStateOptions extends CallOptions {
  /** Time to live of the new value. Without it the entry stays. */
  readonly ttl?: Duration;
  /** How often to try when other writers come in between. Default 20. */
  readonly maxAttempts?: number;
}

/**
 * State shared by agents and flows, kept in any {@link StateStore}.
 *
 * @example
 * ```ts
 * import { createMemoryStateStore, StateManager } from '@aiwork/core';
 *
 * const state = new StateManager(createMemoryStateStore());
 * await state.saveState('visits', 1, { ttl: '7d' });
 * await state.updateState('visits', (visits) => Number(visits ?? 0) + 1);
 * console.log(await state.getState('visits')); // 2
 * ```
 * @since 0.1.0
 */
export class StateManager {
  readonly #store: StateStore;

  constructor(store: StateStore) {
    this.#store = store;
  }

  /**
   * Saves JSON data under a key. Resolves with the new version, or with `undefined` when `ifVersion` did not match and
   * nothing was saved.
   */
  async saveState(key: string, value: unknown, options: SaveStateOptions = {}): Promise<string | undefined> {
    const { ttl, ...rest } = options;
    const result = await this.#store.set(key, value, { ...rest, ...timeToLive(ttl) });
    return result.applied ? result.version : undefined;
  }

  /** The value saved under a key, or `undefined`. */
  async getState<T = unknown>(key: string, options?: CallOptions): Promise<T | undefined> {
    return (await this.#store.get(key, options))?.value as T | undefined;
  }

  /** The value saved under a key, with its version for `ifVersion`. */
  getEntry(key: string, options?: CallOptions): Promise<StateEntry | undefined> {
    return this.#store.get(key, options);
  }

  /** Whether a value was deleted. */
  deleteState(key: string, options?: CallOptions & { readonly ifVersion?: string }): Promise<boolean> {
    return this.#store.delete(key, options);
  }

  /**
   * Replaces a value by what `change` makes of it, which is called again when another writer came in between. Resolves
   * with the value that was saved.
   *
   * @throws `AIWORK_STORE_BUSY` when other writers came in between `maxAttempts` times.
   * @throws `AIWORK_UNSUPPORTED_CAPABILITY` when the store has no compare-and-set.
   */
  async updateState<T = unknown>(
    key: string,
    change: (current: T | undefined) => T | Promise<T>,
    options: UpdateStateOptions = {},
  ): Promise<T> {
    if (!this.#store.capabilities.compareAndSet) {
      throw new UnsupportedCapabilityError(
        'updateState needs a state store with compareAndSet: use another store',
      );
    }
    const { ttl, maxAttempts = defaultMaxAttempts, ...rest } = options;
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const entry = await this.#store.get(key, rest);
      const value = await change(entry?.value as T | undefined);
      const saved = { ...rest, ...timeToLive(ttl), ifVersion: entry?.version ?? null };
      if ((await this.#store.set(key, value, saved)).applied) return value;
    }
    throw new AiworkError(
      'AIWORK_STORE_BUSY',
      `the state ${JSON.stringify(key)} was changed by others in each of ${maxAttempts} attempts: try again, or give ` +
        'updateState more maxAttempts',
      { retryable: true, outcome: 'not-applied' },
    );
  }
}

function timeToLive(ttl: Duration | undefined): { readonly ttlMs?: number } {
  return ttl === undefined ? {} : { ttlMs: toMilliseconds(ttl, 'ttl') };
}
