import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { SQLInputValue } from 'node:sqlite';
import { AiworkError } from '@aiwork/core';
import { invalidArgument, loadNodeSqlite } from '@aiwork/core/adapter-kit';
import { type SqliteDatabase, SqliteDialect } from 'kysely';
import { createThinkingStore } from './create-thinking-store.ts';
import { toStoreFailure } from './store-failure.ts';
import type { ThinkingStore } from './thinking-store.ts';
import { whenDone, whenFree } from './until-free.ts';

/** @since 0.1.0 */
export interface SqliteThinkingStoreOptions {
  /** The file; created when it is not there. Its folder has to exist. */
  readonly path: string;
  /** How long a call waits while other processes write, in milliseconds, without holding the event loop. Default 5000. */
  readonly busyTimeoutMs?: number;
}

/**
 * Keeps sessions in a SQLite file, without a server. Several processes may use it at once.
 *
 * @throws `AIWORK_STORE_FAILED` when the file cannot be opened, `AIWORK_STORE_BUSY` when other processes keep it locked.
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { sqliteThinkingStore } from '@aiwork/thinking/store';
 *
 * const path = join(await mkdtemp(join(tmpdir(), 'aiwork-')), 'thinking.db');
 * await using store = await sqliteThinkingStore({ path });
 * const { id } = await store.createSession({ title: 'Sums' });
 * console.log((await store.session(id))?.title); // Sums
 * ```
 * @since 0.1.0
 */
export async function sqliteThinkingStore(options: SqliteThinkingStoreOptions): Promise<ThinkingStore> {
  const { busyTimeoutMs = 5000 } = options;
  if (!Number.isFinite(busyTimeoutMs) || busyTimeoutMs < 0) {
    throw invalidArgument(`busyTimeoutMs is ${busyTimeoutMs}: give a number of 0 or more`);
  }
  const path = resolve(options.path);
  const what = `the thinking store ${path}`;
  if (!existsSync(dirname(path))) {
    throw new AiworkError(
      'AIWORK_STORE_FAILED',
      `${what}: there is no folder ${dirname(path)}: create it first`,
      {
        outcome: 'not-applied',
      },
    );
  }
  const free = whenFree(busyTimeoutMs);
  const database = await free(async () => open(path)).catch((error: unknown) => {
    throw toStoreFailure(error, what);
  });
  const dialect = new SqliteDialect({ database });
  return createThinkingStore({
    dialect,
    flavour: 'sqlite',
    what,
    whenFree: free,
    whenDone: whenDone(busyTimeoutMs),
  });
}

/** Node's own SQLite as Kysely wants a database. */
function open(path: string): SqliteDatabase {
  const { DatabaseSync } = loadNodeSqlite();
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: true });
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql);
      const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
      return {
        reader: /^\s*(?:select|with|pragma)\b|\breturning\b/i.test(sql),
        all: (parameters) => statement.all(...values(parameters)),
        run: (parameters) => statement.run(...values(parameters)),
        iterate: (parameters) => statement.iterate(...values(parameters)),
      };
    },
  };
}
