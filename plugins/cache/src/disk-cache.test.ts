import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DiskCacheOptions, diskCache } from './index.ts';

function temporaryPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aiwork-cache-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'cache.db');
}

function openCache(options: Partial<DiskCacheOptions> = {}) {
  const cache = diskCache({ path: temporaryPath(), ...options });
  onTestFinished(() => cache.close());
  return cache;
}

const bytes = (length: number, fill = 1) => new Uint8Array(length).fill(fill);
const room = { maxBytes: 100_000, maxKeyBytes: 100, maxValueBytes: 20_000 };

describe('diskCache', () => {
  it('evicts what was used least recently, read or written', async () => {
    const cache = openCache(room);
    for (let n = 0; n < 9; n += 1) await cache.set(`${n}`, bytes(10_000));
    await cache.get('0');
    for (let n = 9; n < 17; n += 1) await cache.set(`${n}`, bytes(10_000));
    const isThere = async (key: string) => (await cache.get(key)) !== undefined;
    expect([await isThere('0'), await isThere('1'), await isThere('16')]).toEqual([true, false, true]);
  });

  it('is no larger than its room, whatever is written', async () => {
    const path = temporaryPath();
    const cache = openCache({ ...room, path });
    for (let n = 0; n < 2000; n += 1) await cache.set(`${n % 300}`, bytes((n * 7919) % 20_000));
    await cache.close();
    expect(statSync(path).size).toBeLessThan(2 * room.maxBytes);
  });

  it('gives each namespace its own room', async () => {
    const path = temporaryPath();
    const [one, other] = [openCache({ ...room, path }), openCache({ ...room, path, namespace: 'other' })];
    await one.set('kept', bytes(10));
    for (let n = 0; n < 50; n += 1) await other.set(`${n}`, bytes(10_000));
    expect(await one.get('kept')).toEqual(bytes(10));
  });

  it('clears expired entries away', async () => {
    let time = 0;
    const path = temporaryPath();
    const cache = openCache({ ...room, path, now: () => time });
    for (let n = 0; n < 8; n += 1) await cache.set(`old ${n}`, bytes(10_000), { ttlMs: 10 });
    await cache.set('kept', bytes(10));
    time = 11;
    await cache.set('new', bytes(10));
    for (let n = 0; n < 9; n += 1) await cache.set(`${n}`, bytes(10_000));
    expect(await cache.get('kept')).toEqual(bytes(10));
  });

  it('refuses a room in which its largest entry does not fit', () => {
    expect(() => openCache({ maxBytes: 1000, maxValueBytes: 1000 })).toThrow('raise it, or lower these');
  });

  it('refuses the file of another program', () => {
    const path = temporaryPath();
    writeFileSync(path, 'no database, but long enough to be looked at as one: '.repeat(100));
    const before = readFileSync(path);
    expect(() => openCache({ path })).toThrow('the file is not a SQLite database');
    expect(readFileSync(path)).toEqual(before);
  });
});

describe('a disk cache of several processes', () => {
  /** Writes `rounds` times, or for ever; says of each key when it was written. */
  function writer(path: string, name: string, rounds: number, limits: Partial<DiskCacheOptions> = {}) {
    const args = [path, name, `${rounds}`, JSON.stringify(limits)];
    const child = fork(new URL('./disk-writer.fixture.ts', import.meta.url), args, {
      execArgv: ['--conditions=@aiwork/source'],
    });
    const written: number[] = [];
    child.on('message', (n: number) => written.push(n));
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    return { child, written };
  }

  it('gives each what the others wrote', { timeout: 60_000 }, async () => {
    const path = temporaryPath();
    const cache = openCache({ path });
    const writers = ['a', 'b', 'c'].map((name) => writer(path, name, 100));
    await Promise.all(writers.map(({ child }) => once(child, 'exit')));
    expect(writers.map(({ written }) => written.length)).toEqual([100, 100, 100]);
    for (const name of ['a', 'b', 'c']) {
      expect(await cache.get(`${name} 99`)).toEqual(bytes(1000, 99));
    }
  });

  it('is whole for all others when some of its writers are killed, and no larger than its room', {
    timeout: 120_000,
  }, async () => {
    const path = temporaryPath();
    const small = { maxBytes: 200_000, maxKeyBytes: 1000, maxValueBytes: 50_000 };
    const cache = openCache({ path, ...small, busyTimeoutMs: 60_000 });
    const writers = ['a', 'b', 'c', 'd'].map((name) => writer(path, name, Number.POSITIVE_INFINITY, small));
    for (const { child, written } of writers) {
      const enough = written.length + 50;
      while (written.length < enough) await once(child, 'message');
      child.kill('SIGKILL');
      await once(child, 'exit');
      await cache.set('of a survivor', bytes(10));
      expect(await cache.get('of a survivor')).toEqual(bytes(10));
    }
    await cache.close();
    using database = new DatabaseSync(path);
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    const [sum, total] = ['SELECT sum(size) AS bytes FROM entry', 'SELECT bytes FROM total'].map(
      (query) => database.prepare(query).get()?.['bytes'],
    );
    expect(sum).toBe(total);
    expect(Number(total)).toBeGreaterThan(small.maxBytes - 2000);
    expect(Number(total)).toBeLessThanOrEqual(small.maxBytes);
  });

  it('has every acknowledged write, whole, after its writer was killed', { timeout: 60_000 }, async () => {
    const path = temporaryPath();
    for (let kill = 1; kill <= 3; kill += 1) {
      const { child, written } = writer(path, `${kill}`, Number.POSITIVE_INFINITY);
      while (written.length < 30 * kill) await once(child, 'message');
      child.kill('SIGKILL');
      await once(child, 'exit');
      const cache = diskCache({ path });
      for (const n of written) expect(await cache.get(`${kill} ${n}`)).toEqual(bytes(1000, n % 256));
      await cache.set('after', bytes(1));
      await cache.close();
    }
  });
});
