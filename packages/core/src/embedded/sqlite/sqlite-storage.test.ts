import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { collect, runEvents, runRecord, sqliteStorageAt, temporaryPath } from '../stores.fixture.ts';
import { openConnection } from './connection.ts';
import { storageSchema } from './schema.ts';
import { sqliteStorage } from './sqlite-storage.ts';

/** Changes a file behind the store's back. */
function edit(path: string, ...statements: readonly string[]) {
  const database = new DatabaseSync(path);
  for (const statement of statements) database.exec(statement);
  database.close();
}

async function withTwoBatches(path: string) {
  const { runStore, close } = sqliteStorage({ path });
  await runStore.createRun(runRecord('run'));
  await runStore.append('run', { expectedSeq: 0, events: runEvents('run', 1, 2) });
  await runStore.append('run', { expectedSeq: 2, events: runEvents('run', 3, 4) });
  await close();
}

describe('a SQLite storage', () => {
  it('keeps runs, payloads and state in its file', async () => {
    const path = temporaryPath();
    const first = sqliteStorageAt(path);
    await first.runStore.createRun(runRecord('run', { tags: ['t'] }));
    await first.runStore.append('run', {
      expectedSeq: 0,
      events: runEvents('run', 1, 2),
      status: 'succeeded',
    });
    await first.payloadStore.put('run', 'hash', new Uint8Array([1]));
    const { version } = (await first.stateStore.set('key', 'value')) as { version: string };
    await first.close();

    const second = sqliteStorageAt(path);
    expect((await second.runStore.list({ tag: 't' })).items).toEqual([
      runRecord('run', { tags: ['t'], status: 'succeeded', updatedAt: 1002 }),
    ]);
    expect(await collect(second.runStore.events('run'))).toEqual(runEvents('run', 1, 2));
    expect(await second.payloadStore.get('run', 'hash')).toEqual(new Uint8Array([1]));
    expect(await second.stateStore.get('key')).toEqual({ value: 'value', version });
    expect(await second.stateStore.set('key', 'next')).not.toMatchObject({ version });
  });

  it('shows each writer what the others wrote', async () => {
    const path = temporaryPath();
    const [a, b] = [sqliteStorageAt(path), sqliteStorageAt(path)];
    await a.stateStore.set('key', 1);
    expect((await b.stateStore.get('key'))?.value).toBe(1);
    await a.runStore.createRun(runRecord('run'), { lease: { owner: 'a', ttlMs: 10_000 } });
    expect(await b.runStore.lease('run', 'b', 10_000)).toBe(false);
    await b.runStore.append('run', { expectedSeq: 0, events: runEvents('run', 1) });
    expect(await collect(a.runStore.events('run'))).toEqual(runEvents('run', 1));
  });

  it('keeps namespaces apart', async () => {
    const path = temporaryPath();
    const names = ['', 'a', 'a:b', '%', '\u0000', '__proto__'];
    const storages = names.map((namespace) => sqliteStorageAt(path, { namespace }));
    for (const [index, { runStore, payloadStore, stateStore }] of storages.entries()) {
      expect(await stateStore.set('key', index, { ifVersion: null })).toMatchObject({ applied: true });
      expect(
        await runStore.createRun(runRecord('run', { status: 'failed', tags: ['t'], priority: index })),
      ).toBe('created');
      await runStore.append('run', { expectedSeq: 0, events: runEvents('run', 1, index + 1) });
      await payloadStore.put('run', 'hash', new Uint8Array([index]));
    }
    for (const [index, { runStore, payloadStore, stateStore }] of storages.entries()) {
      expect((await stateStore.get('key'))?.value).toBe(index);
      expect(await collect(stateStore.keys())).toEqual(['key']);
      expect(await stateStore.delete('key')).toBe(true);
      for (const query of [{}, { tag: 't' }, { status: 'failed' as const }, { unitId: 'unit' }]) {
        expect((await runStore.list(query)).items.map(({ priority }) => priority)).toEqual([index]);
      }
      expect(await collect(runStore.events('run'))).toHaveLength(index + 1);
      expect(await payloadStore.get('run', 'hash')).toEqual(new Uint8Array([index]));
      await payloadStore.deleteRun('run');
      expect(await runStore.prune(9999)).toEqual(['run']);
    }
  });

  it.each([
    ['normal', 1],
    ['full', 2],
  ] as const)('has SQLite flush as %s says', async (synchronous, level) => {
    const { sql, close } = openConnection({
      path: temporaryPath(),
      synchronous,
      busyTimeoutMs: 0,
      schema: storageSchema,
    });
    expect(sql('PRAGMA synchronous').get()).toEqual({ synchronous: level });
    close();
    const { stateStore } = sqliteStorageAt(temporaryPath(), { synchronous });
    await stateStore.set('key', 1);
    expect(stateStore.capabilities.durability).toBe('service-kill');
  });

  it('closes with the last of its stores, and leaves one file', async () => {
    const path = temporaryPath();
    const { runStore, payloadStore, stateStore, close } = sqliteStorage({ path });
    const writing = stateStore.set('key', 1);
    await runStore.close();
    await payloadStore.close();
    expect(await writing).toMatchObject({ applied: true });
    expect((await stateStore.get('key'))?.value).toBe(1);
    await stateStore.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
    await close();
    await expect(stateStore.get('key')).rejects.toMatchObject({
      code: 'AIWORK_CLOSED',
      message: expect.stringContaining(path),
    });
  });

  it('waits with closing for everything it was given', async () => {
    const path = temporaryPath();
    const storage = sqliteStorage({ path });
    const writing = Array.from({ length: 1500 }, (_, n) => storage.stateStore.set(`${n}`, n));
    await storage[Symbol.asyncDispose]();
    await Promise.all(writing);
    expect(await collect(sqliteStorageAt(path).stateStore.keys())).toHaveLength(1500);
  });

  it('can be opened by many at once when there is no file yet', async () => {
    const path = temporaryPath();
    const storages = Array.from({ length: 5 }, () => sqliteStorageAt(path));
    await Promise.all(storages.map(({ stateStore }, index) => stateStore.set(`${index}`, 1)));
    expect(await collect((storages[0] as (typeof storages)[0]).stateStore.keys())).toHaveLength(5);
  });
});

describe('opening a SQLite storage', () => {
  it.each([
    { path: '' },
    { path: ':memory:' },
    { path: 'a\u0000b' },
    { path: 'x.db', synchronous: 'off; DROP TABLE run' as 'full' },
    { path: 'x.db', busyTimeoutMs: -1 },
    { path: 'x.db', namespace: '\ud83d' },
    { path: 'x.db', maxEventBytes: 0 },
  ])('refuses %j', (options) => {
    expect(() => sqliteStorage(options)).toThrowError(
      expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT' }),
    );
  });

  it('names a folder that is missing', () => {
    const path = join(dirname(temporaryPath()), 'missing', 'store.db');
    expect(() => sqliteStorage({ path })).toThrowError(
      expect.objectContaining({
        code: 'AIWORK_STORE_FAILED',
        message: expect.stringContaining(`no folder ${dirname(path)}`),
      }),
    );
  });

  it('says so when the path is a folder', () => {
    const path = temporaryPath();
    mkdirSync(path);
    expect(() => sqliteStorage({ path })).toThrowError(
      expect.objectContaining({ code: 'AIWORK_STORE_FAILED', message: expect.stringContaining(path) }),
    );
  });

  it('takes a name that looks like a URI for a name', async () => {
    const path = temporaryPath('file:x?mode=memory');
    await sqliteStorage({ path }).close();
    expect(existsSync(path)).toBe(true);
  });

  it('refuses a file that is no database and leaves it as it is', () => {
    const path = temporaryPath();
    const text = 'important notes\n'.repeat(1000);
    writeFileSync(path, text);
    expect(() => sqliteStorage({ path })).toThrowError(
      expect.objectContaining({
        code: 'AIWORK_CORRUPT_DATA',
        message: expect.stringContaining('not a SQLite database'),
      }),
    );
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it.each(['CREATE TABLE theirs (x)', 'PRAGMA user_version = 3'])(
    "refuses another program's database (%s)",
    (theirs) => {
      const path = temporaryPath();
      edit(path, theirs);
      expect(() => sqliteStorage({ path })).toThrowError(
        expect.objectContaining({
          code: 'AIWORK_CORRUPT_DATA',
          message: expect.stringContaining('another program'),
        }),
      );
    },
  );

  it('refuses a newer schema and names both versions', async () => {
    const path = temporaryPath();
    await sqliteStorage({ path }).close();
    edit(path, 'PRAGMA user_version = 99');
    expect(() => sqliteStorage({ path })).toThrowError(
      expect.objectContaining({
        code: 'AIWORK_CORRUPT_DATA',
        message: expect.stringMatching(/schema version 99, .* up to version 1\b/),
      }),
    );
  });

  it('says that other processes keep it locked', async () => {
    const path = temporaryPath();
    const other = new DatabaseSync(path);
    other.exec('CREATE TABLE x (y); BEGIN EXCLUSIVE');
    expect(() => sqliteStorage({ path, busyTimeoutMs: 20 })).toThrowError(
      expect.objectContaining({ code: 'AIWORK_STORE_BUSY', retryable: true }),
    );
    other.close();
  });
});

describe('a damaged file', () => {
  it('is reported, not misread', async () => {
    const path = temporaryPath();
    await withTwoBatches(path);
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096 * 2);
    writeFileSync(path, bytes);
    const { runStore } = sqliteStorageAt(path);
    await expect(runStore.getRun('run')).rejects.toMatchObject({
      code: 'AIWORK_CORRUPT_DATA',
      message: expect.stringContaining(path),
    });
  });

  it.each([
    [
      'events that are no JSON',
      "UPDATE segment SET events = '[' WHERE first_seq = 3",
      'events 3 to 4 of run "run"',
    ],
    [
      'events that are not all there',
      "UPDATE segment SET events = '[{}]' WHERE first_seq = 3",
      'not all there',
    ],
    ['a missing batch', 'DELETE FROM segment WHERE first_seq = 1', 'event 1 of run "run" is missing'],
  ])('with %s is refused', async (_name, damage, message) => {
    const path = temporaryPath();
    await withTwoBatches(path);
    edit(path, damage);
    const { runStore } = sqliteStorageAt(path);
    await expect(collect(runStore.events('run'))).rejects.toMatchObject({
      code: 'AIWORK_CORRUPT_DATA',
      message: expect.stringContaining(message),
    });
  });

  it.each(['record', 'value'])('with a %s that is no JSON is refused', async (what) => {
    const path = temporaryPath();
    const { runStore, stateStore } = sqliteStorageAt(path);
    await runStore.createRun(runRecord('run'));
    await stateStore.set('key', 1);
    edit(path, "UPDATE run_record SET record = '{'", "UPDATE state SET value = '{'");
    const reading = what === 'record' ? runStore.getRun('run') : stateStore.get('key');
    await expect(reading).rejects.toMatchObject({ code: 'AIWORK_CORRUPT_DATA' });
  });
});

describe('reading the events of a run that is pruned meanwhile', () => {
  it('fails instead of ending early', async () => {
    const { runStore } = sqliteStorageAt(temporaryPath());
    await runStore.createRun(runRecord('run', { status: 'failed' }));
    for (const seq of [1, 2]) {
      const [event] = runEvents('run', seq);
      const events = [{ ...event, stepId: 'x'.repeat(1 << 20) } as NonNullable<typeof event>];
      await runStore.append('run', { expectedSeq: seq - 1, events });
    }
    const events = runStore.events('run')[Symbol.asyncIterator]();
    await events.next();
    await runStore.prune(9999);
    await expect(events.next()).rejects.toMatchObject({ code: 'AIWORK_RUN_NOT_FOUND' });
  });
});

describe('pruning runs with many events', () => {
  it('deletes them over several calls', { timeout: 30_000 }, async () => {
    const { runStore } = sqliteStorageAt(temporaryPath());
    for (const id of ['a', 'b', 'c']) {
      await runStore.createRun(runRecord(id, { status: 'failed' }));
      await Promise.all(
        runEvents(id, 1, 3000).map((event) =>
          runStore.append(id, { expectedSeq: event.seq - 1, events: [{ ...event, at: 1000 }] }),
        ),
      );
    }
    expect((await runStore.prune(9999)).length).toBe(2);
    expect((await runStore.prune(9999)).length).toBe(1);
    expect(await runStore.prune(9999)).toEqual([]);
  });
});
