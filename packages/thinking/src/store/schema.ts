import type { ColumnType, Generated, Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What SQL is written in. */
export type SqlFlavour = 'sqlite' | 'postgres';

export interface Tables {
  readonly aiwork_thinking_session: {
    /** Whose it is; empty where there are no owners. */
    readonly owner: string;
    readonly id: string;
    readonly title: string;
    readonly created_at: number;
    readonly updated_at: ColumnType<number, number, number>;
  };
  readonly aiwork_thought: {
    /** The order in which thoughts were added. */
    readonly position: Generated<number>;
    readonly id: string;
    readonly owner: string;
    readonly session_id: string;
    readonly created_at: number;
    /** The thought as JSON. */
    readonly body: string;
  };
}

export const sessionTable = 'aiwork_thinking_session';
export const thoughtTable = 'aiwork_thought';

/**
 * What brings a database from each version of the schema to the next; never changed once released. SQLite has no lock for it,
 * and keeps what a process did that died in the middle: each may find itself done in part.
 */
export function migrations(flavour: SqlFlavour): Readonly<Record<string, Migration>> {
  return { '0001-sessions': sessionsAndThoughts(flavour) };
}

function sessionsAndThoughts(flavour: SqlFlavour): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable(sessionTable)
        .ifNotExists()
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('title', 'text', (column) => column.notNull())
        .addColumn('created_at', 'double precision', (column) => column.notNull())
        .addColumn('updated_at', 'double precision', (column) => column.notNull())
        .addPrimaryKeyConstraint('aiwork_thinking_session_key', ['owner', 'id'])
        .execute();
      await db.schema
        .createIndex('aiwork_thinking_session_updated')
        .ifNotExists()
        .on(sessionTable)
        .columns(['owner', 'updated_at', 'id'])
        .execute();
      const table = db.schema.createTable(thoughtTable).ifNotExists();
      const numbered =
        flavour === 'sqlite'
          ? table.addColumn('position', 'integer', (column) => column.primaryKey().autoIncrement())
          : table.addColumn('position', 'integer', (column) =>
              column.primaryKey().generatedAlwaysAsIdentity(),
            );
      await numbered
        .addColumn('id', 'text', (column) => column.notNull().unique())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('session_id', 'text', (column) => column.notNull())
        .addColumn('created_at', 'double precision', (column) => column.notNull())
        .addColumn('body', 'text', (column) => column.notNull())
        .addForeignKeyConstraint(
          'aiwork_thought_session',
          ['owner', 'session_id'],
          sessionTable,
          ['owner', 'id'],
          (constraint) => constraint.onDelete('cascade'),
        )
        .execute();
      await db.schema
        .createIndex('aiwork_thought_of_session')
        .ifNotExists()
        .on(thoughtTable)
        .columns(['owner', 'session_id', 'position'])
        .execute();
    },
  };
}
