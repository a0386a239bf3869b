import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { inspect } from 'node:util';
import {
  type HeldService,
  type PostgresService,
  postgresService,
  ServiceUnavailable,
} from '@aiwork/contract-tests/services';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { selfConsistency } from '../src/index.ts';
import { answers } from '../src/model.fixture.ts';
import {
  postgresThinkingStore,
  sqliteThinkingStore,
  type ThinkingStore,
  thinkInSession,
} from '../src/store/index.ts';

vi.setConfig({ testTimeout: 120_000 });

let folder: string;
let held: HeldService<PostgresService> | undefined;
let unavailable = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aiwork-thinking-'));
  try {
    held = await postgresService().hold();
  } catch (error) {
    if (!(error instanceof ServiceUnavailable) || process.env['CI']) throw error;
    unavailable = error.message;
  }
}, 300_000);
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await held?.release();
}, 300_000);

let databases = 0;

/** A database of its own, that can be opened several times. */
async function newSqlite(): Promise<() => Promise<ThinkingStore>> {
  databases += 1;
  const path = join(folder, `${databases}.db`);
  return () => sqliteThinkingStore({ path });
}

async function newPostgres(): Promise<() => Promise<ThinkingStore>> {
  const url = held?.service.url ?? '';
  databases += 1;
  const name = `thinking_${databases}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const own = new URL(url);
  own.pathname = `/${name}`;
  return () => postgresThinkingStore({ pool: new pg.Pool({ connectionString: own.href, max: 3 }) });
}

const thought = (question: string) => ({
  question,
  answer: '4',
  text: "It's 4 – “four”.\nAnswer: 4",
  strategy: 'sampling',
  model: 'm',
  stopped: 'finished' as const,
  rounds: 1,
  usage: { inputTokens: 1, outputTokens: 2, cost: 0.5, modelCalls: 1 },
  events: [{ type: 'thinking.started' as const, question, strategy: 'sampling', model: 'm' }],
});

describe.each([
  ['SQLite', newSqlite],
  ['PostgreSQL', newPostgres],
] as const)('a store in %s', (name, newDatabase) => {
  async function opened({ skip }: { readonly skip: (note?: string) => never }) {
    if (name === 'PostgreSQL' && !held) skip(unavailable);
    const open = await newDatabase();
    const store = await open();
    onTestFinished(() => store.close());
    return { store, open };
  }

  it('gives back what it was given, also to another process', async (context) => {
    const { store, open } = await opened(context);
    const session = await store.createSession({ id: 's', title: 'Sums' });
    const first = await store.add('s', thought('2 + 2?'));
    const second = await store.add('s', thought('And twice that?'));
    expect(first).toMatchObject({ ...thought('2 + 2?'), sessionId: 's' });
    await using other = await open();
    expect((await other.thoughts('s')).items).toEqual([first, second]);
    expect(await other.session('s')).toEqual({ ...session, updatedAt: second.createdAt });
  });

  it('lists sessions page by page, those that were thought in last first', async (context) => {
    const { store } = await opened(context);
    for (const id of ['a', 'b', 'c']) {
      await store.createSession({ id });
      // Times are told apart by the millisecond.
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    await store.add('a', thought('?'));
    const first = await store.sessions({ limit: 2 });
    const rest = await store.sessions({
      limit: 2,
      ...(first.cursor !== undefined && { cursor: first.cursor }),
    });
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(['a', 'c', 'b']);
    expect([typeof first.cursor, rest.cursor]).toEqual(['string', undefined]);
  });

  it('lists thoughts page by page', async (context) => {
    const { store } = await opened(context);
    await store.createSession({ id: 's' });
    for (const question of ['1', '2', '3']) await store.add('s', thought(question));
    const first = await store.thoughts('s', { limit: 2 });
    const rest = await store.thoughts('s', {
      limit: 2,
      ...(first.cursor !== undefined && { cursor: first.cursor }),
    });
    expect([first, rest].map(({ items }) => items.map(({ question }) => question))).toEqual([
      ['1', '2'],
      ['3'],
    ]);
    expect(rest.cursor).toBeUndefined();
    await expect(store.thoughts('s', { cursor: 'x' })).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
    });
    await expect(store.sessions({ cursor: 'x' })).rejects.toMatchObject({ code: 'AIWORK_INVALID_ARGUMENT' });
  });

  it('adds a thought once, however often it is told to', async (context) => {
    const { store } = await opened(context);
    await store.createSession({ id: 's' });
    await store.createSession({ id: 't' });
    const first = await store.add('s', { ...thought('?'), id: 'once' });
    expect(await store.add('s', { ...thought('Another?'), id: 'once' })).toEqual(first);
    expect((await store.thoughts('s')).items).toEqual([first]);
    await expect(store.add('t', { ...thought('?'), id: 'once' })).rejects.toMatchObject({
      code: 'AIWORK_DUPLICATE_ID',
    });
  });

  it('shows an owner nothing of others', async (context) => {
    const { store, open } = await opened(context);
    const [ada, bob] = [store.of('ada'), store.of('bob')];
    for (const sessions of [store, ada, bob]) await sessions.createSession({ id: 's' });
    const hers = await ada.add('s', thought('?'));
    expect([(await store.thoughts('s')).items, (await bob.thoughts('s')).items]).toEqual([[], []]);
    expect((await ada.sessions()).items.map(({ updatedAt }) => updatedAt)).toEqual([hers.createdAt]);
    await bob.deleteSession('s');
    await expect(bob.add('s', thought('?'))).rejects.toMatchObject({ code: 'AIWORK_SESSION_NOT_FOUND' });
    await using other = await open();
    expect((await other.of('ada').thoughts('s')).items).toEqual([hers]);
    expect((await other.of('bob').sessions()).items).toEqual([]);
  });

  it('forgets a session with its thoughts', async (context) => {
    const { store } = await opened(context);
    await store.createSession({ id: 's' });
    await store.add('s', thought('?'));
    expect([await store.deleteSession('s'), await store.deleteSession('s')]).toEqual([true, false]);
    expect([await store.session('s'), (await store.thoughts('s')).items]).toEqual([undefined, []]);
  });

  it('refuses what cannot be, without having done it', async (context) => {
    const { store } = await opened(context);
    await store.createSession({ id: 's' });
    await expect(store.createSession({ id: 's' })).rejects.toMatchObject({
      code: 'AIWORK_DUPLICATE_ID',
      outcome: 'not-applied',
    });
    await expect(store.add('none', thought('?'))).rejects.toMatchObject({
      code: 'AIWORK_SESSION_NOT_FOUND',
      outcome: 'not-applied',
    });
    const wrong = { code: 'AIWORK_INVALID_ARGUMENT', outcome: 'not-applied' };
    for (const id of ['', 'a\0b', '\ud800', 'x'.repeat(501)]) {
      await expect(store.createSession({ id })).rejects.toMatchObject(wrong);
      await expect(store.session(id)).rejects.toMatchObject(wrong);
      await expect(store.deleteSession(id)).rejects.toMatchObject(wrong);
      await expect(store.thoughts(id)).rejects.toMatchObject(wrong);
      await expect(store.add(id, thought('?'))).rejects.toMatchObject(wrong);
    }
    await expect(store.createSession({ title: 'a\0b' })).rejects.toMatchObject(wrong);
    await expect(store.thoughts('s', { cursor: '9'.repeat(10) })).rejects.toMatchObject(wrong);
    await expect(store.sessions({ cursor: '1~a\0' })).rejects.toMatchObject(wrong);
  });

  it('is opened by several at once, the first time as well', async (context) => {
    if (name === 'PostgreSQL' && !held) context.skip(unavailable);
    const open = await newDatabase();
    const stores = await Promise.all([open(), open(), open()]);
    await Promise.all(stores.map((store, i) => store.createSession({ id: String(i) })));
    expect((await stores[0]?.sessions())?.items).toHaveLength(3);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('takes nothing any more once it is closed', async (context) => {
    const { store } = await opened(context);
    const call = store.createSession({ id: 's' });
    await Promise.all([store.close(), store.close()]);
    expect((await call).id).toBe('s');
    await expect(store.sessions()).rejects.toMatchObject({ code: 'AIWORK_CLOSED' });
  });

  it('lets thinking go on from what was said before', async (context) => {
    const { store } = await opened(context);
    await store.createSession({ id: 's' });
    const model = answers(['4', '4', '8', '8']);
    const options = {
      store,
      sessionId: 's',
      model,
      strategy: selfConsistency({ samples: 2, confidence: 0.8 }),
    };
    const events: string[] = [];
    await thinkInSession('2 + 2?', { ...options, onEvent: ({ type }) => events.push(type) });
    const second = await thinkInSession('And twice that?', options);
    expect(second).toMatchObject({ answer: '8', strategy: 'self-consistency', model: 'scripted' });
    expect(second.events.at(-1)?.type).toBe('thinking.finished');
    expect(model.requests.at(-1)?.messages.map(({ content }) => content)).toEqual([
      expect.stringContaining('step by step'),
      '2 + 2?',
      'Answer: 4',
      'And twice that?',
    ]);
    expect(events.at(-1)).toBe('thinking.finished');
    const fitting = { ...options, model: answers(['8']), context: { maxTokens: 20 } };
    await thinkInSession('And twice that?', fitting);
    expect(fitting.model.requests[0]?.messages).toHaveLength(2);
    await expect(thinkInSession('?', { ...options, sessionId: 'none' })).rejects.toMatchObject({
      code: 'AIWORK_SESSION_NOT_FOUND',
    });
  });
});

describe('opening', () => {
  it('says what is wrong with a file', async () => {
    await expect(sqliteThinkingStore({ path: join(folder, 'none', 'a.db') })).rejects.toThrow(
      'there is no folder',
    );
    const path = join(folder, 'text.db');
    await writeFile(path, 'this is no database, and long enough to be taken for none of an empty file');
    await expect(sqliteThinkingStore({ path })).rejects.toMatchObject({ code: 'AIWORK_STORE_FAILED' });
  });

  it('waits while another process writes, and says so when that takes too long', async () => {
    const path = join(folder, 'locked.db');
    await using store = await sqliteThinkingStore({ path, busyTimeoutMs: 60_000 });
    await using hasty = await sqliteThinkingStore({ path, busyTimeoutMs: 1 });
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const waiting = store.createSession({ id: 's' });
    await expect(hasty.createSession({ id: 't' })).rejects.toMatchObject({
      code: 'AIWORK_STORE_BUSY',
      retryable: true,
    });
    other.exec('COMMIT');
    other.close();
    expect((await waiting).id).toBe('s');
  });

  it('goes on where a process died while it made the tables', async () => {
    const path = join(folder, 'half.db');
    await (await sqliteThinkingStore({ path })).close();
    const database = new DatabaseSync(path);
    database.exec('DROP TABLE aiwork_thought; DELETE FROM aiwork_thinking_migration');
    database.close();
    await using store = await sqliteThinkingStore({ path });
    await store.createSession({ id: 's' });
    expect(await store.add('s', thought('?'))).toMatchObject({ sessionId: 's' });
  });

  it('tells no password of a server that is not there', async () => {
    const pool = new pg.Pool({ connectionString: 'postgres://ada:s3cret-of-hers@127.0.0.1:9/none' });
    const error = await postgresThinkingStore({ pool }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'AIWORK_STORE_FAILED' });
    expect(inspect(error, { depth: 9 })).not.toContain('s3cret-of-hers');
  });
});
