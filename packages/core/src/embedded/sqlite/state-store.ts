import { randomBytes } from 'node:crypto';
import type { StateEntry, StateStore } from '../../adapters/state-store.ts';
import { checkTtl } from '../argument-checks.ts';
import { afterPrefix } from '../code-point-order.ts';
import { checkKey, checkPrefix, stateText } from '../state-arguments.ts';
import type { CallGate } from './call-gate.ts';
import type { Connection } from './connection.ts';
import { corruptData } from './sqlite-errors.ts';
import type { Transactions } from './transactions.ts';

const keysAtOnce = 500;
/** Expired entries a write with a time to live clears away, so that they never pile up. */
const sweepAtOnce = 10;
/** SQLite orders every blob behind every text. */
const behindEveryText = new Uint8Array(0);

export interface SqliteStateStoreParts {
  readonly connection: Connection;
  readonly transactions: Transactions;
  readonly gate: CallGate;
  readonly namespace: string;
  readonly now: () => number;
  readonly maxKeyBytes: number;
  readonly maxValueBytes: number;
}

interface StateRow {
  readonly version: string;
  readonly value: string;
}

/** State in a SQLite file. */
export function createSqliteStateStore(parts: SqliteStateStoreParts): StateStore {
  const { connection, transactions, gate, namespace, now, maxKeyBytes, maxValueBytes } = parts;
  const { sql, path } = connection;
  // A version is this connection and the number of its write: no other write anywhere has the same.
  const writer = randomBytes(9).toString('base64url');
  let writes = 0;

  function find(key: string): StateRow | undefined {
    return sql(
      `SELECT version, value FROM state
       WHERE namespace = ? AND key = ? AND (expires_at IS NULL OR expires_at > ?)`,
    ).get(namespace, key, now()) as StateRow | undefined;
  }

  function toEntry(key: string, { value, version }: StateRow): StateEntry {
    try {
      return { value: JSON.parse(value), version };
    } catch (cause) {
      throw corruptData(path, `the value of key ${JSON.stringify(key)} cannot be read`, cause);
    }
  }

  function set(key: string, text: string, ttlMs: number | undefined, ifVersion: string | null | undefined) {
    if (ifVersion !== undefined && (find(key)?.version ?? null) !== ifVersion)
      return { applied: false } as const;
    writes += 1;
    const version = `${writer}.${writes}`;
    const time = now();
    sql(
      `INSERT INTO state (namespace, key, version, expires_at, value) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (namespace, key)
       DO UPDATE SET version = excluded.version, expires_at = excluded.expires_at, value = excluded.value`,
    ).run(namespace, key, version, ttlMs === undefined ? null : time + ttlMs, text);
    if (ttlMs !== undefined) sweep(time);
    return { applied: true, version } as const;
  }

  function sweep(time: number): void {
    sql('DELETE FROM state WHERE rowid IN (SELECT rowid FROM state WHERE expires_at <= ? LIMIT ?)').run(
      time,
      sweepAtOnce,
    );
  }

  function remove(key: string, ifVersion: string | undefined): boolean {
    const row = find(key);
    if (!row || (ifVersion !== undefined && row.version !== ifVersion)) return false;
    sql('DELETE FROM state WHERE namespace = ? AND key = ?').run(namespace, key);
    return true;
  }

  function keysFrom(start: string, end: string | Uint8Array): readonly string[] {
    return sql(
      `SELECT key FROM state
       WHERE namespace = ? AND key >= ? AND key < ? AND (expires_at IS NULL OR expires_at > ?)
       ORDER BY key LIMIT ?`,
    )
      .all(namespace, start, end, now(), keysAtOnce)
      .map(({ key }) => key as string);
  }

  return {
    capabilities: Object.freeze({
      consistency: 'linearizable',
      compareAndSet: true,
      ttl: Object.freeze({ granularityMs: 1, maxLateMs: 0 }),
      list: Object.freeze({ order: 'lexicographic' }),
      maxKeyBytes,
      maxValueBytes,
      durability: 'service-kill',
    }),

    get(key, { signal } = {}) {
      return gate.pass(async () => {
        checkKey(key, maxKeyBytes);
        const row = await transactions.read(() => find(key), signal);
        return row && toEntry(key, row);
      });
    },

    set(key, value, { ttlMs, ifVersion, signal } = {}) {
      return gate.pass(async () => {
        checkKey(key, maxKeyBytes);
        if (ttlMs !== undefined) checkTtl(ttlMs);
        const text = stateText(key, value, maxValueBytes);
        return transactions.write(() => set(key, text, ttlMs, ifVersion), signal);
      });
    },

    delete(key, { ifVersion, signal } = {}) {
      return gate.pass(async () => {
        checkKey(key, maxKeyBytes);
        return transactions.write(() => remove(key, ifVersion), signal);
      });
    },

    async *keys(prefix = '', { signal } = {}) {
      checkPrefix(prefix);
      const end = afterPrefix(prefix) ?? behindEveryText;
      let start = prefix;
      for (;;) {
        const page = await gate.pass(() => transactions.read(() => keysFrom(start, end), signal));
        yield* page;
        const last = page.at(-1);
        if (last === undefined || page.length < keysAtOnce) return;
        // The least string behind `last`.
        start = `${last}\0`;
      }
    },

    getMany(keys, { signal } = {}) {
      return gate.pass(async () => {
        for (const key of keys) checkKey(key, maxKeyBytes);
        const rows = await transactions.read(() => keys.map((key) => [key, find(key)] as const), signal);
        return new Map(rows.flatMap(([key, row]) => (row ? [[key, toEntry(key, row)] as const] : [])));
      });
    },

    close: gate.close,
    [Symbol.asyncDispose]: gate.close,
  };
}
