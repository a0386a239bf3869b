import { PostgresDialect, type PostgresPool } from 'kysely';
import { createThinkingStore } from './create-thinking-store.ts';
import type { ThinkingStore } from './thinking-store.ts';

/** @since 0.1.0 */
export interface PostgresThinkingStoreOptions {
  /** A pool of `pg`, or of what has its interface. The store ends it when it is closed. */
  readonly pool: PostgresPool;
}

/**
 * Keeps sessions in PostgreSQL. Its tables, all called `aiwork_…`, are made and brought up to date when it is opened, by one
 * process at a time.
 *
 * @throws `AIWORK_STORE_FAILED` when the server cannot be reached, or refuses.
 * @example
 * ```ts no-run: needs a server
 * import { type PostgresThinkingStoreOptions, postgresThinkingStore } from '@aiwork/thinking/store';
 *
 * // As by: new pg.Pool({ connectionString: process.env.DATABASE_URL })
 * declare const pool: PostgresThinkingStoreOptions['pool'];
 * await using store = await postgresThinkingStore({ pool });
 * console.log((await store.sessions({ limit: 10 })).items);
 * ```
 * @since 0.1.0
 */
export function postgresThinkingStore({ pool }: PostgresThinkingStoreOptions): Promise<ThinkingStore> {
  const dialect = new PostgresDialect({ pool });
  return createThinkingStore({
    dialect,
    flavour: 'postgres',
    what: 'the thinking store in PostgreSQL',
    // It has locks of its own for both.
    whenFree: (work) => work(),
    whenDone: (work) => work(),
  });
}
