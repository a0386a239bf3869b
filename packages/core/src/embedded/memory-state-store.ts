import type { StateEntry, StateStore } from '../adapters/state-store.ts';
import { ClosedError } from '../errors.ts';
import { checkSignal, checkTtl, limitOption } from './argument-checks.ts';
import { compareCodePoints } from './code-point-order.ts';
import { checkKey, checkPrefix, defaultMaxKeyBytes, stateText } from './state-arguments.ts';

/** @since 0.1.0 */
export interface MemoryStateStoreOptions {
  /** The clock times to live are measured by, in milliseconds since the Unix epoch. Default `Date.now`. */
  readonly now?: () => number;
  /** Longest key, in bytes of UTF-8. Default 16,384. */
  readonly maxKeyBytes?: number;
  /** Largest value, in bytes of its JSON in UTF-8. Default: no limit. */
  readonly maxValueBytes?: number;
}

interface Stored {
  /** As JSON, so that neither the writer nor a reader can change what is stored. */
  readonly text: string;
  readonly version: string;
  readonly expiresAt: number;
}

/**
 * Keeps state in this process's memory. Two stores never share anything. Keys are listed in the order of their code
 * points. All is lost with the process.
 *
 * @example
 * ```ts
 * import { createMemoryStateStore } from '@aiwork/core';
 *
 * const store = createMemoryStateStore();
 * await store.set('greeting', { text: 'hello' }, { ttlMs: 60_000 });
 * console.log((await store.get('greeting'))?.value); // { text: 'hello' }
 * await store.close();
 * ```
 * @since 0.1.0
 */
export function createMemoryStateStore(options: MemoryStateStoreOptions = {}): StateStore {
  const { now = Date.now } = options;
  const maxKeyBytes = limitOption(options.maxKeyBytes, 'maxKeyBytes', defaultMaxKeyBytes);
  const maxValueBytes = limitOption(options.maxValueBytes, 'maxValueBytes', Number.POSITIVE_INFINITY);
  const entries = new Map<string, Stored>();
  let writes = 0;
  let writesSinceSweep = 0;
  let closed = false;

  function check(signal: AbortSignal | undefined): void {
    if (closed) throw new ClosedError('the in-memory state store');
    checkSignal(signal);
  }

  function current(key: string): Stored | undefined {
    const stored = entries.get(key);
    if (stored === undefined || stored.expiresAt > now()) return stored;
    entries.delete(key);
    return undefined;
  }

  /** Frees what expired and is never read again; once in as many writes as there are entries, so it costs O(1) each. */
  function sweep(): void {
    writesSinceSweep += 1;
    if (writesSinceSweep <= entries.size) return;
    writesSinceSweep = 0;
    const time = now();
    for (const [key, { expiresAt }] of entries) if (expiresAt <= time) entries.delete(key);
  }

  function read(key: string): StateEntry | undefined {
    checkKey(key, maxKeyBytes);
    const stored = current(key);
    return stored && { value: JSON.parse(stored.text), version: stored.version };
  }

  return {
    capabilities: Object.freeze({
      consistency: 'linearizable',
      compareAndSet: true,
      ttl: Object.freeze({ granularityMs: 1, maxLateMs: 0 }),
      list: Object.freeze({ order: 'lexicographic' }),
      maxKeyBytes,
      maxValueBytes,
      durability: 'process',
    }),

    async get(key, { signal } = {}) {
      check(signal);
      return read(key);
    },

    async set(key, value, { ttlMs, ifVersion, signal } = {}) {
      check(signal);
      checkKey(key, maxKeyBytes);
      if (ttlMs !== undefined) checkTtl(ttlMs);
      const text = stateText(key, value, maxValueBytes);
      if (ifVersion !== undefined && (current(key)?.version ?? null) !== ifVersion) return { applied: false };
      writes += 1;
      const version = String(writes);
      entries.set(key, {
        text,
        version,
        expiresAt: ttlMs === undefined ? Number.POSITIVE_INFINITY : now() + ttlMs,
      });
      sweep();
      return { applied: true, version };
    },

    async delete(key, { ifVersion, signal } = {}) {
      check(signal);
      checkKey(key, maxKeyBytes);
      const stored = current(key);
      if (!stored || (ifVersion !== undefined && stored.version !== ifVersion)) return false;
      return entries.delete(key);
    },

    async *keys(prefix = '', { signal } = {}) {
      check(signal);
      checkPrefix(prefix);
      const found = [...entries.keys()].filter((key) => key.startsWith(prefix)).sort(compareCodePoints);
      for (const key of found) {
        check(signal);
        if (current(key)) yield key;
      }
    },

    async getMany(keys, { signal } = {}) {
      check(signal);
      const found = new Map<string, StateEntry>();
      for (const key of keys) {
        const entry = read(key);
        if (entry) found.set(key, entry);
      }
      return found;
    },

    async close() {
      closed = true;
      entries.clear();
    },

    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}
