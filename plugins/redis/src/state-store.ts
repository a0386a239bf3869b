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
import { deleteState, listState, setState } from './state-scripts.ts';
import { type StoreParts, wholeMilliseconds } from './store-parts.ts';

/** Keys that one request reads or lists, so that no request holds the server for long. */
const keysAtOnce = 500;

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
        const text = stateText(key, value, maxValueBytes);
        writes += 1;
        const version = `${writer}.${writes}`;
        const ttl = ttlMs === undefined ? '' : wholeMilliseconds(ttlMs);
        const condition = ifVersion === undefined ? '' : ifVersion === null ? '-' : `=${ifVersion}`;
        const applied = await connection.run(
          setState,
          [prefix + key, index, expiry],
          [key, version, text, ttl, condition],
          { signal },
        );
        return applied ? { applied: true, version } : { applied: false };
      });
    },

    delete(key, { ifVersion, signal } = {}) {
      return gate.pass(async () => {
        checkKey(key, maxKeyBytes);
        if (ifVersion === '') return false;
        const keys = [prefix + key, index, expiry];
        return (await connection.run(deleteState, keys, [key, ifVersion ?? ''], { signal })) === 1;
      });
    },

    async *keys(start = '', { signal } = {}) {
      checkPrefix(start);
      const behind = afterPrefix(start);
      const end = start === '' || behind === undefined ? '+' : `(${behind}`;
      let from = start === '' ? '-' : `[${start}`;
      for (;;) {
        const [last, ...page] = await gate.pass(() =>
          connection.run(listState, [index, expiry], [from, end, keysAtOnce], { signal }),
        );
        yield* page;
        if (last === undefined) return;
        from = `(${last}`;
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
