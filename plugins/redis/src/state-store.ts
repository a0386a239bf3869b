import { randomBytes } from 'node:crypto';
import type { StateEntry, StateStore } from '@aiwork/core';
import {
  afterPrefix,
  checkKey,
  checkPrefix,
  checkSignal,
  checkTtl,
  stateText,
} from '@aiwork/core/adapter-kit';
import { corruptData } from './redis-errors.ts';
import {
  deleteState,
  deleteVersion,
  listState,
  overdueState,
  replaceState,
  setState,
  settleState,
  setVersion,
} from './state-scripts.ts';
import { type StoreParts, wholeMilliseconds } from './store-parts.ts';

/** Keys that one request reads or lists, so that no request holds the server for long. */
const keysAtOnce = 500;
/** After so many writes with a time to live, as many expired keys are looked for: none are left for ever. */
const writesPerSweep = 100;

const read = { name: 'GET', what: 'read state', lostReply: 'repeat' } as const;
const readMany = { name: 'MGET', what: 'read state', lostReply: 'repeat' } as const;

export interface StateStoreParts extends StoreParts {
  readonly maxKeyBytes: number;
  readonly maxValueBytes: number;
}

/** State in Redis. */
export function createRedisStateStore(parts: StateStoreParts): StateStore {
  const { connection, keyspace, gate, durability, maxKeyBytes, maxValueBytes } = parts;
  const prefix = `${keyspace.together}state:`;
  const index = `${keyspace.together}state-keys`;
  const expiry = `${keyspace.together}state-expiry`;
  // A version is this store and the number of its write: no other write anywhere has the same.
  const writer = randomBytes(9).toString('base64url');
  let writes = 0;
  let writesUntilSweep = writesPerSweep;
  /** Whether the last unconditional write found no value: such writes come in rows, as do those that find one. */
  let creating = true;

  function toEntry(key: string, stored: string): StateEntry {
    const space = stored.indexOf(' ');
    try {
      if (space < 1) throw new SyntaxError('there is no version');
      return { value: JSON.parse(stored.slice(space + 1)), version: stored.slice(0, space) };
    } catch {
      // The error of JSON.parse quotes what it read.
      throw corruptData(
        connection.where,
        `the value of ${JSON.stringify(prefix + key)} cannot be read: delete it`,
      );
    }
  }

  /** Forgets those of `keys` that have expired, and gives the others. */
  function settle(keys: readonly string[], signal?: AbortSignal): Promise<readonly string[]> {
    const names = keys.map((key) => prefix + key);
    return connection.run(settleState, [index, expiry, ...names], keys, { signal });
  }

  async function sweep(): Promise<void> {
    writesUntilSweep -= 1;
    if (writesUntilSweep > 0) return;
    writesUntilSweep = writesPerSweep;
    try {
      // More than were written meanwhile, so that an end comes into sight.
      const overdue = await connection.run(overdueState, [expiry], [2 * writesPerSweep]);
      if (overdue.length > 0) await settle(overdue);
    } catch {
      // What asked for it was done, and the next sweep finds the same keys.
    }
  }

  async function listPage(from: string, end: string, signal: AbortSignal | undefined) {
    const [page, doubtful] = await connection.run(listState, [index, expiry], [from, end, keysAtOnce], {
      signal,
    });
    const gone = new Set(doubtful);
    if (gone.size > 0) for (const key of await settle(doubtful, signal)) gone.delete(key);
    return [page, (key: string) => !gone.has(key)] as const;
  }

  return {
    capabilities: Object.freeze({
      consistency: 'linearizable',
      compareAndSet: true,
      ttl: Object.freeze({ granularityMs: 1, maxLateMs: 1 }),
      list: Object.freeze({ order: 'lexicographic' }),
      maxKeyBytes,
      maxValueBytes,
      durability,
    }),

    get(key, { signal } = {}) {
      return gate.pass(async () => {
        checkKey(key, maxKeyBytes);
        const stored = await connection.send<string | null>(read, [prefix + key], [], { signal });
        return stored === null ? undefined : toEntry(key, stored);
      });
    },

    set(key, value, { ttlMs, ifVersion, signal } = {}) {
      return gate.pass(async () => {
        checkKey(key, maxKeyBytes);
        if (ttlMs !== undefined) checkTtl(ttlMs);
        const json = stateText(key, value, maxValueBytes);
        writes += 1;
        const version = `${writer}.${writes}`;
        const text = `${version} ${json}`;
        const unconditional = ttlMs === undefined && ifVersion === undefined;
        if (unconditional && !creating) {
          const replaced = await connection.send(replaceState, [prefix + key], [text, 'XX'], { signal });
          if (replaced !== null) return { applied: true, version };
        }
        const condition = ifVersion === undefined ? '' : ifVersion === null ? '-' : `=${ifVersion}`;
        const ttl = ttlMs === undefined ? [] : [wholeMilliseconds(ttlMs)];
        const keys = [prefix + key, index, expiry];
        const script = typeof ifVersion === 'string' ? setVersion : setState;
        const effect = await connection.run(script, keys, [key, text, condition, ...ttl], { signal });
        if (unconditional) creating = effect === 'created';
        if (effect === 'refused') return { applied: false };
        if (ttlMs !== undefined) await sweep();
        return { applied: true, version };
      });
    },

    delete(key, { ifVersion, signal } = {}) {
      return gate.pass(async () => {
        checkKey(key, maxKeyBytes);
        const keys = [prefix + key, index, expiry];
        const deleted =
          ifVersion === undefined
            ? await connection.run(deleteState, keys, [key], { signal })
            : await connection.run(deleteVersion, keys, [key, ifVersion], { signal });
        return deleted === 1;
      });
    },

    async *keys(start = '', { signal } = {}) {
      checkPrefix(start);
      const behind = afterPrefix(start);
      const end = start === '' || behind === undefined ? '+' : `(${behind}`;
      let from = start === '' ? '-' : `[${start}`;
      for (;;) {
        const [page, alive] = await gate.pass(() => listPage(from, end, signal));
        for (const key of page) if (alive(key)) yield key;
        if (page.length < keysAtOnce) return;
        from = `(${page.at(-1)}`;
      }
    },

    getMany(keys, { signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        for (const key of keys) checkKey(key, maxKeyBytes);
        const found = new Map<string, StateEntry>();
        for (let start = 0; start < keys.length; start += keysAtOnce) {
          const page = keys.slice(start, start + keysAtOnce);
          const names = page.map((key) => prefix + key);
          const stored = await connection.send<readonly (string | null)[]>(readMany, names, [], { signal });
          for (const [at, key] of page.entries()) {
            const text = stored[at];
            if (typeof text === 'string') found.set(key, toEntry(key, text));
          }
        }
        return found;
      });
    },

    close: gate.close,
    [Symbol.asyncDispose]: gate.close,
  };
}
