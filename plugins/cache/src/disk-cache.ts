import type { Cache } from '@aiwork/core';
import {
  checkKey,
  checkWellFormed,
  createCallGate,
  defaultMaxKeyBytes,
  limitOption,
  openSqlite,
} from '@aiwork/core/adapter-kit';
import { checkEntry, checkRoom, entryRoom } from './cache-options.ts';
import { diskSchema } from './disk-schema.ts';

/** @since 0.1.0 */
export interface DiskCacheOptions {
  /** The file; created when it is not there. Its folder has to exist. */
  readonly path: string;
  /** Keeps apart those who share a file; each has its own room in it. Default `''`. */
  readonly namespace?: string;
  /** Bytes of keys and values the namespace has room for. Default 256 MiB. The file is a little larger. */
  readonly maxBytes?: number;
  /** Longest key, in bytes of UTF-8. Default 16,384, at most a quarter of `maxBytes`. */
  readonly maxKeyBytes?: number;
  /** Largest value. Default 16 MiB, at most a quarter of `maxBytes`. */
  readonly maxValueBytes?: number;
  /** How long a call waits while other processes write, in milliseconds. Default 5000. */
  readonly busyTimeoutMs?: number;
  /** The clock times to live are measured by, in milliseconds since the Unix epoch. Default `Date.now`. */
  readonly now?: () => number;
}

/** Expired entries a write clears away, so that they never pile up. */
const sweepAtOnce = 16;

/** Reads whose entries are marked as used with the next write, at most. */
const maxTouched = 1000;

/**
 * A cache in one SQLite file, for any number of processes of this machine. It holds at most `maxBytes`; what was used least
 * recently is evicted. What was set outlives the kill of every process; a power failure may take the last writes, never
 * parts of one.
 *
 * Writes of one turn of the event loop share a transaction. Reading or writing holds the event loop for some milliseconds
 * a MiB. The file has to be on a local disk; beside it lie `-wal` and `-shm` files while it is open.
 *
 * @throws `AIWORK_STORE_FAILED`, `AIWORK_STORE_BUSY`, `AIWORK_CORRUPT_DATA` as `sqliteStorage` of `@aiwork/core` does, and
 * `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { diskCache } from '@aiwork/cache';
 *
 * const path = join(await mkdtemp(join(tmpdir(), 'aiwork-')), 'cache.db');
 * const cache = diskCache({ path });
 * await cache.set('greeting', new TextEncoder().encode('hello'));
 * await cache.close();
 * await using again = diskCache({ path });
 * console.log(new TextDecoder().decode(await again.get('greeting'))); // hello
 * ```
 * @since 0.1.0
 */
export function diskCache(options: DiskCacheOptions): Cache {
  const { namespace = '', now = Date.now, busyTimeoutMs = 5000 } = options;
  if (namespace !== '') checkWellFormed(namespace, 'the namespace');
  const maxBytes = limitOption(options.maxBytes, 'maxBytes', 256 << 20);
  const maxKeyBytes = limitOption(
    options.maxKeyBytes,
    'maxKeyBytes',
    Math.min(defaultMaxKeyBytes, Math.ceil(maxBytes / 4)),
  );
  const maxValueBytes = limitOption(
    options.maxValueBytes,
    'maxValueBytes',
    Math.min(16 << 20, Math.ceil(maxBytes / 4)),
  );
  checkRoom({ maxBytes, maxKeyBytes, maxValueBytes });
  const { sql, read, write, path, close } = openSqlite({
    path: options.path,
    busyTimeoutMs,
    schema: diskSchema,
  });
  const gate = createCallGate(`the cache ${path}`, close);
  /** Keys that were read: a read does not write. */
  const touched = new Set<string>();

  const find = (key: string) =>
    sql(
      `SELECT value FROM entry
       WHERE namespace = ? AND key = ? AND (expires_at IS NULL OR expires_at > ?)`,
    ).get(namespace, key, now());

  const remove = (key: string) =>
    sql('DELETE FROM entry WHERE namespace = ? AND key = ?').run(namespace, key).changes > 0;

  /** The next number of the order of use. */
  const use = () =>
    Number(
      sql(
        `INSERT INTO total (namespace, bytes, used) VALUES (?, 0, 1)
         ON CONFLICT (namespace) DO UPDATE SET used = used + 1 RETURNING used`,
      ).get(namespace)?.['used'],
    );

  function put(key: string, value: Uint8Array, ttlMs: number | undefined): void {
    const time = now();
    for (const other of touched) {
      sql('UPDATE entry SET used = ? WHERE namespace = ? AND key = ?').run(use(), namespace, other);
    }
    touched.clear();
    remove(key);
    const size = entryRoom(key, value);
    sql('INSERT INTO entry (namespace, key, size, used, expires_at, value) VALUES (?, ?, ?, ?, ?, ?)').run(
      namespace,
      key,
      size,
      use(),
      ttlMs === undefined ? null : time + ttlMs,
      value,
    );
    sql(
      `DELETE FROM entry WHERE rowid IN (SELECT rowid FROM entry WHERE expires_at <= ? LIMIT ${sweepAtOnce})`,
    ).run(time);
    makeRoom();
  }

  /** The newest stays: a room that is smaller than one entry is refused. */
  function makeRoom(): void {
    let excess =
      Number(sql('SELECT bytes FROM total WHERE namespace = ?').get(namespace)?.['bytes']) - maxBytes;
    if (excess <= 0) return;
    let last = 0;
    for (const { size, used } of sql(
      'SELECT size, used FROM entry WHERE namespace = ? ORDER BY used',
    ).iterate(namespace)) {
      excess -= Number(size);
      last = Number(used);
      if (excess <= 0) break;
    }
    sql('DELETE FROM entry WHERE namespace = ? AND used <= ?').run(namespace, last);
  }

  return {
    capabilities: Object.freeze({ ttl: true, maxKeyBytes, maxValueBytes, durability: 'service-kill' }),

    get(key, { signal } = {}) {
      return gate.pass(async () => {
        checkKey(key, maxKeyBytes);
        const value = (await read(() => find(key), signal))?.['value'];
        if (!(value instanceof Uint8Array)) return undefined;
        if (touched.size < maxTouched) touched.add(key);
        return value;
      });
    },

    set(key, value, { ttlMs, signal } = {}) {
      return gate.pass(async () => {
        checkEntry(key, value, ttlMs, { maxKeyBytes, maxValueBytes });
        // A copy: the caller may use its buffer again before the transaction begins.
        const bytes = new Uint8Array(value);
        await write(() => put(key, bytes, ttlMs), signal);
      });
    },

    delete(key, { signal } = {}) {
      return gate.pass(async () => {
        checkKey(key, maxKeyBytes);
        return write(() => find(key) !== undefined && remove(key), signal);
      });
    },

    close: gate.close,
    [Symbol.asyncDispose]: gate.close,
  };
}
