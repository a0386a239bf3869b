import type { StatementSync } from 'node:sqlite';
import { type ConnectionOptions, openConnection } from './connection.ts';
import { groupTransactions, type Transactions } from './transactions.ts';

/** @since 0.1.0 */
export interface SqliteFileOptions extends Omit<ConnectionOptions, 'synchronous'> {
  /** As `synchronous` of `sqliteStorage`. Default `'normal'`. */
  readonly synchronous?: 'normal' | 'full';
}

/** A SQLite file that is open. @since 0.1.0 */
export interface SqliteFile extends Transactions {
  /** Absolute. */
  readonly path: string;
  /** The prepared statement of this text, compiled once. For use in the jobs of `read` and `write`. */
  sql(text: string): StatementSync;
  close(): void;
}

/**
 * Opens or creates a SQLite file of an adapter's own, in WAL mode, for any number of processes. Writes of one turn of the
 * event loop share a transaction; what waits for another process does not hold the event loop.
 *
 * @throws `AIWORK_STORE_FAILED`, `AIWORK_STORE_BUSY`, `AIWORK_CORRUPT_DATA` and `AIWORK_INVALID_ARGUMENT` as
 * `sqliteStorage` does; so do `read` and `write`.
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { openSqlite } from '@aiwork/core/adapter-kit';
 *
 * const path = join(await mkdtemp(join(tmpdir(), 'aiwork-')), 'words.db');
 * const schema = { applicationId: 0x776f7264, migrations: ['CREATE TABLE word (text TEXT PRIMARY KEY) STRICT'] };
 * const file = openSqlite({ path, busyTimeoutMs: 5000, schema });
 * await file.write(() => file.sql('INSERT INTO word VALUES (?)').run('hello'));
 * console.log(await file.read(() => file.sql('SELECT text FROM word').get()?.['text'])); // hello
 * file.close();
 * ```
 * @since 0.1.0
 */
export function openSqlite({ synchronous = 'normal', ...options }: SqliteFileOptions): SqliteFile {
  const connection = openConnection({ ...options, synchronous });
  return { ...connection, ...groupTransactions(connection, options.busyTimeoutMs) };
}
