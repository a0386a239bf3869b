import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { AiworkError } from '../../errors.ts';
import { checkWellFormed, invalidArgument } from '../argument-checks.ts';
import { loadNodeSqlite } from './node-sqlite.ts';
import { prepareSchema, type SqliteSchema } from './schema.ts';
import { isBusy, toStoreError } from './sqlite-errors.ts';

/** A transaction commits into the write-ahead log; this many pages of it are copied into the file at a time. */
const checkpointPages = 2000;
const openRetryMs = 5;

/** An open file. Everything is synchronous; who calls it keeps it short. */
export interface Connection {
  readonly path: string;
  /** The prepared statement of this text, compiled once. */
  sql(text: string): StatementSync;
  close(): void;
}

/** How a file is opened. @since 0.1.0 */
export interface ConnectionOptions {
  readonly path: string;
  readonly synchronous: 'normal' | 'full';
  readonly busyTimeoutMs: number;
  readonly schema: SqliteSchema;
}

/** Opens or creates the file. Opening waits for other processes by blocking, at most `busyTimeoutMs`. */
export function openConnection(options: ConnectionOptions): Connection {
  const path = absolutePath(options.path);
  const { DatabaseSync } = loadNodeSqlite();
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    setUp(database, path, options);
  } catch (error) {
    database?.close();
    throw toStoreError(error, path);
  }
  return connectionOf(database, path);
}

function connectionOf(database: DatabaseSync, path: string): Connection {
  const statements = new Map<string, StatementSync>();
  return {
    path,
    sql(text) {
      let statement = statements.get(text);
      if (!statement) {
        statement = database.prepare(text);
        statements.set(text, statement);
      }
      return statement;
    },
    close() {
      statements.clear();
      database.close();
    },
  };
}

function absolutePath(path: string): string {
  checkWellFormed(path, 'the path');
  if (path === ':memory:' || path.includes('\0')) {
    throw invalidArgument(
      `the path ${JSON.stringify(path)} is not a file: give the path of one, or use the in-memory stores`,
    );
  }
  // Absolute, so that SQLite takes no path for a URI.
  const absolute = resolve(path);
  const folder = dirname(absolute);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new AiworkError(
      'AIWORK_STORE_FAILED',
      `the store ${absolute}: there is no folder ${folder}: create it first`,
      { outcome: 'not-applied' },
    );
  }
  return absolute;
}

function setUp(
  database: DatabaseSync,
  path: string,
  { synchronous, busyTimeoutMs, schema }: ConnectionOptions,
): void {
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  useWriteAheadLog(database, path, busyTimeoutMs);
  database.exec(`PRAGMA synchronous = ${synchronous}; PRAGMA wal_autocheckpoint = ${checkpointPages}`);
  prepareSchema(database, path, schema);
  // From here on waiting is asynchronous, so that a locked file does not stop the event loop.
  database.exec('PRAGMA busy_timeout = 0');
}

/** SQLite does not wait by itself when several processes turn one new file to WAL at once. */
function useWriteAheadLog(database: DatabaseSync, path: string, busyTimeoutMs: number): void {
  const deadline = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode;
      if (mode === 'wal') return;
      throw new AiworkError(
        'AIWORK_STORE_FAILED',
        `the store ${path}: its file system does not allow a write-ahead log (journal mode stayed ${mode}): ` +
          'put the file on a local disk',
        { outcome: 'not-applied' },
      );
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, openRetryMs);
    }
  }
}
