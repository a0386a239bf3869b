import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AiworkError } from '@aiwork/core';
import { createCallGate, invalidArgument, pageLimit } from '@aiwork/core/adapter-kit';
import { type Dialect, Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations, type SqlFlavour, sessionTable, type Tables, thoughtTable } from './schema.ts';
import { isDuplicate, isWithoutSession, sessionNotFound, toStoreFailure } from './store-failure.ts';
import type { NewThought, StoredThought, ThinkingSession, ThinkingStore } from './thinking-store.ts';

export interface DatabaseOptions {
  readonly dialect: Dialect;
  readonly flavour: SqlFlavour;
  /** As errors call it. */
  readonly what: string;
}

/** Opens the database, and brings its schema up to date. Several processes may do so at once. */
export async function createThinkingStore({
  dialect,
  flavour,
  what,
}: DatabaseOptions): Promise<ThinkingStore> {
  const db = new Kysely<Tables>({ dialect });
  await migrate(db, flavour).catch(async (error: unknown) => {
    await db.destroy();
    throw toStoreFailure(error, what);
  });
  const gate = createCallGate(what, () => db.destroy());
  const call = <T>(work: () => Promise<T>): Promise<T> =>
    gate.pass(work).catch((error: unknown) => {
      throw toStoreFailure(error, what);
    });

  return {
    createSession: ({ id = randomUUID(), title = '' } = {}) =>
      call(async () => {
        requireText(id, 'the id of a session');
        const now = Date.now();
        const row = { id, title, created_at: now, updated_at: now };
        try {
          await db.insertInto(sessionTable).values(row).execute();
        } catch (error) {
          if (!isDuplicate(error)) throw error;
          throw new AiworkError('AIWORK_DUPLICATE_ID', `there is a session "${id}": choose another id`, {
            outcome: 'not-applied',
          });
        }
        return toSession(row);
      }),
    session: (id) =>
      call(async () => {
        const row = await db.selectFrom(sessionTable).selectAll().where('id', '=', id).executeTakeFirst();
        return row && toSession(row);
      }),
    sessions: ({ cursor, ...size } = {}) =>
      call(async () => {
        const limit = pageLimit(size);
        const after = cursor === undefined ? undefined : readCursor(cursor);
        const rows = await db
          .selectFrom(sessionTable)
          .selectAll()
          .$if(after !== undefined, (query) =>
            query.where(({ eb, refTuple, tuple }) =>
              eb(refTuple('updated_at', 'id'), '<', tuple(after?.at ?? 0, after?.id ?? '')),
            ),
          )
          .orderBy('updated_at', 'desc')
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute();
        const items = rows.slice(0, limit).map(toSession);
        const last = items.at(-1);
        return { items, ...(rows.length > limit && last && { cursor: `${last.updatedAt}~${last.id}` }) };
      }),
    deleteSession: (id) =>
      call(async () => {
        const { numDeletedRows } = await db.deleteFrom(sessionTable).where('id', '=', id).executeTakeFirst();
        return numDeletedRows > 0n;
      }),
    add: (sessionId, thought) =>
      call(async () => {
        const stored = { ...thought, id: randomUUID(), sessionId, createdAt: Date.now() };
        const row = {
          id: stored.id,
          session_id: sessionId,
          created_at: stored.createdAt,
          body: JSON.stringify(thought),
        };
        try {
          await db.insertInto(thoughtTable).values(row).execute();
        } catch (error) {
          throw isWithoutSession(error) ? sessionNotFound(sessionId) : error;
        }
        await db
          .updateTable(sessionTable)
          .set({ updated_at: stored.createdAt })
          .where('id', '=', sessionId)
          .execute();
        return stored;
      }),
    thoughts: (sessionId, { cursor, ...size } = {}) =>
      call(async () => {
        const limit = pageLimit(size);
        const after = cursor === undefined ? 0 : readPosition(cursor);
        const rows = await db
          .selectFrom(thoughtTable)
          .selectAll()
          .where('session_id', '=', sessionId)
          .where('position', '>', after)
          .orderBy('position')
          .limit(limit + 1)
          .execute();
        const shown = rows.slice(0, limit);
        const items = shown.map(toThought);
        const last = shown.at(-1);
        return { items, ...(rows.length > limit && last && { cursor: String(last.position) }) };
      }),
    close: () => gate.close(),
    [Symbol.asyncDispose]: () => gate.close(),
  };
}

/** SQLite knows no lock for a migration: who comes second while another process is at it tries again. */
const migrationAttempts = 5;
const migrationPauseMs = 100;

async function migrate(db: Kysely<Tables>, flavour: SqlFlavour): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations(flavour) },
    migrationTableName: 'aiwork_thinking_migration',
    migrationLockTableName: 'aiwork_thinking_migration_lock',
  });
  for (let attempt = 1; ; attempt += 1) {
    const { error } = await migrator.migrateToLatest();
    if (error === undefined) return;
    if (attempt === migrationAttempts || flavour === 'postgres') throw error;
    await delay(attempt * migrationPauseMs);
  }
}

function requireText(value: string, what: string): void {
  if (
    typeof value !== 'string' ||
    value === '' ||
    value.length > 500 ||
    !value.isWellFormed() ||
    value.includes('\0')
  ) {
    throw invalidArgument(`${what} is ${JSON.stringify(value)}: give a text of 1 to 500 characters`);
  }
}

function toSession(row: {
  id: string;
  title: string;
  created_at: number;
  updated_at: number;
}): ThinkingSession {
  return { id: row.id, title: row.title, createdAt: row.created_at, updatedAt: row.updated_at };
}

function toThought(row: { id: string; session_id: string; created_at: number; body: string }): StoredThought {
  const thought: NewThought = JSON.parse(row.body);
  return { ...thought, id: row.id, sessionId: row.session_id, createdAt: row.created_at };
}

function readCursor(cursor: string): { readonly at: number; readonly id: string } {
  const [, at, id] = /^(\d+(?:\.\d+)?)~(.+)$/s.exec(cursor) ?? [];
  if (at === undefined || id === undefined) throw noCursor(cursor);
  return { at: Number(at), id };
}

function readPosition(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor)) throw noCursor(cursor);
  return Number(cursor);
}

const noCursor = (cursor: string) =>
  invalidArgument(
    `the cursor ${JSON.stringify(cursor)} is none of this listing: give that of the page before`,
  );
