import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryPath } from '../stores.fixture.ts';
import { type Connection, openConnection } from './connection.ts';
import { storageSchema } from './schema.ts';
import { groupTransactions } from './transactions.ts';

/** A connection that counts its commits and lets a test fail statements. */
function open({ busyTimeoutMs = 5000, path = temporaryPath() } = {}) {
  const inner = openConnection({ path, synchronous: 'normal', busyTimeoutMs, schema: storageSchema });
  onTestFinished(() => inner.close());
  const ran: string[] = [];
  const failing = new Map<string, unknown>();
  const connection: Connection = {
    ...inner,
    sql(text) {
      ran.push(text);
      if (failing.has(text)) throw failing.get(text);
      return inner.sql(text);
    },
  };
  const transactions = groupTransactions(connection, busyTimeoutMs);
  const insert = (key: string) => {
    inner.sql("INSERT INTO state (namespace, key, version, value) VALUES ('', ?, '1', '1')").run(key);
    return key;
  };
  const keys = () =>
    inner
      .sql('SELECT key FROM state ORDER BY key')
      .all()
      .map((row) => row.key);
  const commits = () => ran.filter((text) => text === 'COMMIT').length;
  const rollback = () => inner.sql('ROLLBACK').run();
  return { ...transactions, failing, insert, rollback, keys, commits, path };
}

/** Another process's lock, as far as SQLite can tell. */
function lock(path: string) {
  const other = new DatabaseSync(path);
  onTestFinished(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  return { release: () => other.exec('ROLLBACK') };
}

const sqliteError = (errcode: number) => Object.assign(new Error('told to fail'), { errcode });

describe('group commit', () => {
  it('puts the writes of one turn into one transaction', async () => {
    const { write, insert, keys, commits } = open();
    const results = await Promise.all(['a', 'b', 'c'].map((key) => write(() => insert(key))));
    expect(results).toEqual(['a', 'b', 'c']);
    expect(keys()).toEqual(['a', 'b', 'c']);
    expect(commits()).toBe(1);
  });

  it('splits what would hold the event loop for long', async () => {
    const { write, insert, commits } = open();
    await Promise.all(Array.from({ length: 1001 }, (_, n) => write(() => insert(`${n}`))));
    expect(commits()).toBe(2);
  });

  it('lets a write that fails take nothing down with it, and undoes all of that write', async () => {
    const { write, insert, keys } = open();
    const results = await Promise.allSettled([
      write(() => insert('a')),
      write(() => {
        insert('b');
        throw new Error('half way');
      }),
      write(() => insert('c')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { code: 'AIWORK_STORE_FAILED', outcome: 'not-applied' } });
    expect(keys()).toEqual(['a', 'c']);
  });

  it('leaves out writes that were aborted before their turn', async () => {
    const { write, insert, keys } = open();
    const controller = new AbortController();
    const aborted = write(() => insert('a'), controller.signal);
    const kept = write(() => insert('b'));
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'AIWORK_CANCELLED', outcome: 'not-applied' });
    await kept;
    expect(keys()).toEqual(['b']);
  });

  it('says that the outcome is unknown when the commit itself fails, and goes on', async () => {
    const { write, insert, failing, keys } = open();
    failing.set('COMMIT', sqliteError(10));
    await expect(write(() => insert('a'))).rejects.toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      outcome: 'unknown',
    });
    failing.clear();
    await write(() => insert('b'));
    expect(keys()).toEqual(['b']);
  });

  it('goes on after SQLite has rolled back by itself, as it does when the disk is full', async () => {
    const { write, insert, rollback, keys } = open();
    const failed = write(() => {
      insert('a');
      rollback();
      throw sqliteError(13);
    });
    await expect(failed).rejects.toMatchObject({ code: 'AIWORK_STORE_FAILED', outcome: 'not-applied' });
    await write(() => insert('b'));
    expect(keys()).toEqual(['b']);
  });

  it('rejects all of a group that cannot begin', async () => {
    const { write, insert, failing } = open();
    failing.set('BEGIN IMMEDIATE', sqliteError(8));
    const results = await Promise.allSettled([write(() => insert('a')), write(() => insert('b'))]);
    for (const result of results) {
      expect(result).toMatchObject({ reason: { code: 'AIWORK_STORE_FAILED', outcome: 'not-applied' } });
    }
  });
});

describe('waiting for another process', () => {
  it('ends when it gives the lock back, without stopping the event loop', async () => {
    const { write, insert, keys, path } = open();
    const { release } = lock(path);
    const writing = Promise.all([write(() => insert('a')), write(() => insert('b'))]);
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(keys()).toEqual([]);
    release();
    await writing;
    expect(keys()).toEqual(['a', 'b']);
  });

  it('ends in time when it does not', async () => {
    const { write, insert, keys, path } = open({ busyTimeoutMs: 40 });
    lock(path);
    await expect(write(() => insert('a'))).rejects.toMatchObject({
      code: 'AIWORK_STORE_BUSY',
      retryable: true,
      outcome: 'not-applied',
      message: expect.stringContaining(path),
    });
    expect(keys()).toEqual([]);
  });

  it('ends when the write is aborted', async () => {
    const { write, insert, path } = open();
    lock(path);
    const controller = new AbortController();
    const writing = write(() => insert('a'), controller.signal);
    setTimeout(() => controller.abort(), 10);
    await expect(writing).rejects.toMatchObject({ code: 'AIWORK_CANCELLED', outcome: 'not-applied' });
  });

  it('is done for reads too', async () => {
    const { read } = open();
    let tries = 0;
    const job = () => {
      tries += 1;
      if (tries < 3) throw sqliteError(5);
      return tries;
    };
    expect(await read(job)).toBe(3);
  });

  it('ends in time for reads, and at once for other errors', async () => {
    const { read } = open({ busyTimeoutMs: 20 });
    const failing = (errcode: number) =>
      read(() => {
        throw sqliteError(errcode);
      });
    await expect(failing(5)).rejects.toMatchObject({ code: 'AIWORK_STORE_BUSY' });
    await expect(failing(11)).rejects.toMatchObject({ code: 'AIWORK_CORRUPT_DATA' });
  });
});
