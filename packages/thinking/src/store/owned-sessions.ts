import { randomUUID } from 'node:crypto';
import { AiworkError } from '@aiwork/core';
import { checkWellFormed, invalidArgument, pageLimit } from '@aiwork/core/adapter-kit';
import type { Kysely, Selectable } from 'kysely';
import { readPosition, readSessionCursor, sessionCursor } from './cursors.ts';
import { sessionTable, type Tables, thoughtTable } from './schema.ts';
import { isDuplicate, isWithoutSession, sessionNotFound } from './store-failure.ts';
import type { NewThought, StoredThought, ThinkingSession, ThinkingSessions } from './thinking-store.ts';

/** Makes a call of the database: refused once it is closed, and with its failures in the form of all others. */
export type Call = <T>(work: () => Promise<T>) => Promise<T>;

/** The sessions of one owner in a database. */
export function ownedSessions(db: Kysely<Tables>, owner: string, call: Call): ThinkingSessions {
  const sessionRow = (id: string) =>
    db.selectFrom(sessionTable).selectAll().where('owner', '=', owner).where('id', '=', id);
  const thoughtRows = (sessionId: string) =>
    db.selectFrom(thoughtTable).selectAll().where('owner', '=', owner).where('session_id', '=', sessionId);

  async function addNew(sessionId: string, thought: NewThought): Promise<StoredThought> {
    const stored = { ...thought, id: thought.id ?? randomUUID(), sessionId, createdAt: Date.now() };
    const { id, createdAt } = stored;
    const row = { id, owner, session_id: sessionId, created_at: createdAt, body: JSON.stringify(thought) };
    await db.transaction().execute(async (tx) => {
      await tx.insertInto(thoughtTable).values(row).execute();
      await tx
        .updateTable(sessionTable)
        .set({ updated_at: createdAt })
        .where('owner', '=', owner)
        .where('id', '=', sessionId)
        .execute();
    });
    return stored;
  }

  return {
    createSession: ({ id = randomUUID(), title = '' } = {}) =>
      call(async () => {
        checkId(id, 'the id of a session');
        if (title !== '') checkId(title, 'the title of a session');
        const now = Date.now();
        const row = { owner, id, title, created_at: now, updated_at: now };
        try {
          await db.insertInto(sessionTable).values(row).execute();
        } catch (error) {
          throw isDuplicate(error) ? duplicate(`a session "${id}"`) : error;
        }
        return toSession(row);
      }),
    session: (id) =>
      call(async () => {
        checkId(id, 'the id of a session');
        const row = await sessionRow(id).executeTakeFirst();
        return row && toSession(row);
      }),
    sessions: ({ cursor, ...size } = {}) =>
      call(async () => {
        const limit = pageLimit(size);
        const after = cursor === undefined ? undefined : readSessionCursor(cursor);
        const rows = await db
          .selectFrom(sessionTable)
          .selectAll()
          .where('owner', '=', owner)
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
        return { items, ...(rows.length > limit && last && { cursor: sessionCursor(last) }) };
      }),
    deleteSession: (id) =>
      call(async () => {
        checkId(id, 'the id of a session');
        const { numDeletedRows } = await db
          .deleteFrom(sessionTable)
          .where('owner', '=', owner)
          .where('id', '=', id)
          .executeTakeFirst();
        return numDeletedRows > 0n;
      }),
    add: (sessionId, thought) =>
      call(async () => {
        checkId(sessionId, 'the id of a session');
        if (thought.id !== undefined) checkId(thought.id, 'the id of a thought');
        try {
          return await addNew(sessionId, thought);
        } catch (error) {
          if (isWithoutSession(error)) throw sessionNotFound(sessionId);
          if (!isDuplicate(error) || thought.id === undefined) throw error;
          const there = await thoughtRows(sessionId).where('id', '=', thought.id).executeTakeFirst();
          if (!there) throw duplicate(`a thought "${thought.id}" elsewhere`);
          return toThought(there);
        }
      }),
    thoughts: (sessionId, { cursor, ...size } = {}) =>
      call(async () => {
        checkId(sessionId, 'the id of a session');
        const limit = pageLimit(size);
        const after = cursor === undefined ? 0 : readPosition(cursor);
        const rows = await thoughtRows(sessionId)
          .where('position', '>', after)
          .orderBy('position')
          .limit(limit + 1)
          .execute();
        const shown = rows.slice(0, limit);
        const last = shown.at(-1);
        const items = shown.map(toThought);
        return { items, ...(rows.length > limit && last && { cursor: String(last.position) }) };
      }),
  };
}

const longestId = 500;

/** As every database can hold it. */
function checkId(text: unknown, what: string): void {
  checkWellFormed(text, what);
  if (text.length <= longestId && !/\p{Cc}/u.test(text)) return;
  throw invalidArgument(`${what} has ${text.length} characters: give 1 to ${longestId}, none of control`);
}

const duplicate = (what: string) =>
  new AiworkError('AIWORK_DUPLICATE_ID', `there is ${what}: choose another id`, { outcome: 'not-applied' });

function toSession(row: Selectable<Tables[typeof sessionTable]>): ThinkingSession {
  return { id: row.id, title: row.title, createdAt: row.created_at, updatedAt: row.updated_at };
}

function toThought(row: Selectable<Tables[typeof thoughtTable]>): StoredThought {
  const thought: NewThought = JSON.parse(row.body);
  return { ...thought, id: row.id, sessionId: row.session_id, createdAt: row.created_at };
}
