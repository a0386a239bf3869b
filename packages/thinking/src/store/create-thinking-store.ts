import { createCallGate } from '@aiwork/core/adapter-kit';
import { type Dialect, Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { type Call, ownedSessions } from './owned-sessions.ts';
import { migrations, type SqlFlavour, type Tables } from './schema.ts';
import { toStoreFailure } from './store-failure.ts';
import type { ThinkingStore } from './thinking-store.ts';

export interface DatabaseOptions {
  readonly dialect: Dialect;
  readonly flavour: SqlFlavour;
  /** As errors call it. */
  readonly what: string;
  /** Makes a call, again while other processes are in its way. */
  whenFree<T>(work: () => Promise<T>): Promise<T>;
  /** Does what other processes may be doing as well. */
  whenDone(work: () => Promise<void>): Promise<void>;
}

const nobody = '';

/** Opens the database, and brings its schema up to date. Several processes may do so at once. */
export async function createThinkingStore(options: DatabaseOptions): Promise<ThinkingStore> {
  const { dialect, flavour, what, whenFree, whenDone } = options;
  const db = new Kysely<Tables>({ dialect });
  await whenDone(() => migrate(db, flavour)).catch(async (error: unknown) => {
    await db.destroy();
    throw toStoreFailure(error, what);
  });
  const gate = createCallGate(what, () => db.destroy());
  const call: Call = (work) =>
    gate
      .pass(() => whenFree(work))
      .catch((error: unknown) => {
        throw toStoreFailure(error, what);
      });
  return {
    ...ownedSessions(db, nobody, call),
    of: (owner) => ownedSessions(db, owner, call),
    close: () => gate.close(),
    [Symbol.asyncDispose]: () => gate.close(),
  };
}

async function migrate(db: Kysely<Tables>, flavour: SqlFlavour): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations(flavour) },
    migrationTableName: 'aiwork_thinking_migration',
    migrationLockTableName: 'aiwork_thinking_migration_lock',
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
