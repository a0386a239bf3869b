import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Progress } from '@aiwork/core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { conceptEmbedder } from './concepts.fixture.ts';
import { createMemory, loadMemory } from './local-memory.ts';
import type { LocalMemory } from './memory-of.ts';
import { openMemory } from './open-memory.ts';
import { decodeOpening } from './storage/opening.ts';

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aiwork-open-memory-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const drinks = [
  { id: 'a', text: 'hot coffee' },
  { id: 'b', text: 'warm bread' },
];
const newPath = () => join(folder, `memory ${files++}`);
const numbered = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `${n}`, text: `word text${n}`, metadata: { n } }));

/** The bytes of a file as a process that was killed left them, and where its snapshot ends. */
async function leftBy(work: (memory: LocalMemory) => Promise<unknown>) {
  const path = newPath();
  const memory = await openMemory(path);
  await work(memory);
  const bytes = await readFile(path);
  await memory.close();
  const { directoryAt, directoryBytes } = decodeOpening(bytes, path);
  return { bytes, snapshotEnd: directoryAt + directoryBytes };
}

async function idsIn(memory: LocalMemory): Promise<string[]> {
  return (await memory.search({ text: 'word', topK: 1000 })).map(({ id }) => id).sort();
}

describe('a memory in a file', () => {
  it.each([undefined, '', 5, {}, new URL('https://example.org/notes')])('is refused at %j', async (file) => {
    await expect(openMemory(file as string)).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      message: expect.stringContaining('use a path or a `file:` URL'),
    });
  });

  it('says that what it acknowledged survives a kill', async () => {
    await using memory = await openMemory(newPath());
    expect(memory.capabilities.durability).toBe('service-kill');
  });

  it('has what was acknowledged, though nobody closed it', async () => {
    const { bytes } = await leftBy(async (memory) => {
      await memory.upsert(numbered(5));
      await memory.upsert([{ id: '1', text: 'another' }]);
      await memory.delete(['2', 'nobody']);
    });
    const path = newPath();
    await writeFile(path, bytes);
    await using again = await openMemory(path);
    expect(await idsIn(again)).toEqual(['0', '3', '4']);
    expect((await again.search({ text: 'another', topK: 1 }))[0]).toMatchObject({ id: '1' });
    expect(await again.count()).toBe(4);
  });

  it('keeps vectors and whose they are, so that none is made a second time, or of another model', async () => {
    const path = newPath();
    const opened = (id?: string) => {
      const { embedder, asked } = conceptEmbedder(id === undefined ? {} : { id });
      return { memory: openMemory(path, { vectors: { embedder } }), asked };
    };
    const first = await opened().memory;
    await first.upsert(drinks);
    await first.close();
    const bytes = await readFile(path);

    const again = opened();
    const hits = await (await again.memory).search({ text: 'coffee', by: 'vector', topK: 9 });
    expect(hits).toHaveLength(drinks.length);
    await (await again.memory).close();
    expect(again.asked.filter(({ kind }) => kind === 'document')).toEqual([]);
    expect(await readFile(path)).toEqual(bytes);

    // Written anew by who has no embedder, for another ranking.
    await (await openMemory(path, { ranking: { kind: 'tfidf' } })).close();
    expect(await readFile(path)).not.toEqual(bytes);
    const other = opened('another');
    await (await other.memory).close();
    expect(other.asked.flatMap(({ texts }) => texts)).toEqual(drinks.map(({ text }) => text));
  });

  it('whose last record is cut off anywhere has all before it', { timeout: 60_000 }, async () => {
    const { bytes, snapshotEnd } = await leftBy(async (memory) => {
      for (const doc of numbered(4)) await memory.upsert([doc]);
    });
    const ends: number[] = [];
    for (let end = snapshotEnd; end <= bytes.length; end += 1) {
      await using memory = await loadMemory(bytes.subarray(0, end));
      ends.push(await memory.count());
      expect(await idsIn(memory)).toEqual(
        numbered(await memory.count())
          .map(({ id }) => id)
          .sort(),
      );
    }
    expect(ends[0]).toBe(0);
    expect(ends.at(-1)).toBe(4);
    expect(ends).toEqual(ends.toSorted((a, b) => a - b));
  });

  it('goes on behind what was cut off', async () => {
    const { bytes, snapshotEnd } = await leftBy(async (memory) => {
      for (const doc of numbered(3)) await memory.upsert([doc]);
    });
    const path = newPath();
    await writeFile(path, bytes.subarray(0, -5));
    await using memory = await openMemory(path);
    expect(await idsIn(memory)).toEqual(['0', '1']);
    const last = bytes.length - (bytes.length - snapshotEnd) / 3;
    expect((await stat(path)).size).toBe(last);
    await memory.upsert([{ id: 'next', text: 'word' }]);
    await using read = await loadMemory(path);
    expect(await idsIn(read)).toEqual(['0', '1', 'next']);
  });

  it('is refused by name when a byte of it is damaged, and without its last record when that is', {
    timeout: 60_000,
  }, async () => {
    const { bytes, snapshotEnd } = await leftBy(async (memory) => {
      for (const doc of numbered(3)) await memory.upsert([doc]);
    });
    const length = (bytes.length - snapshotEnd) / 3;
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] as number) ^ 0x11;
      const loading = loadMemory(damaged);
      if (at < bytes.length - length)
        await expect(loading).rejects.toMatchObject({
          code: 'AIWORK_CORRUPT_DATA',
          message: expect.stringContaining('the snapshot '),
        });
      else expect(await idsIn(await loading)).toEqual(['0', '1']);
    }
    const path = newPath();
    bytes[snapshotEnd + 25] = 0;
    await writeFile(path, bytes);
    await expect(openMemory(path)).rejects.toMatchObject({
      code: 'AIWORK_CORRUPT_DATA',
      message: expect.stringContaining(JSON.stringify(path)),
    });
    expect(await readFile(path)).toEqual(bytes);
  });

  it('is written anew while it grows, and what was replaced is gone from it', {
    timeout: 60_000,
  }, async () => {
    const path = newPath();
    const memory = await openMemory(path);
    const text = 'word '.repeat(20_000);
    for (let n = 0; n < 60; n += 1) await memory.upsert([{ id: `${n % 3}`, text, metadata: { n } }]);
    await memory.close();
    expect((await stat(path)).size).toBeLessThan(1.5e6);
    await using again = await openMemory(path);
    const hits = await again.search({ text: 'word', topK: 9 });
    expect(hits.map(({ metadata }) => metadata?.['n']).sort()).toEqual([57, 58, 59]);
    expect(await readdir(folder)).not.toContainEqual(expect.stringContaining('.tmp'));
  });

  it('has nothing of what was forgotten, or deleted and then forgotten', async () => {
    const path = newPath();
    await using memory = await openMemory(path);
    await memory.upsert([
      { id: 'a', text: 'unspeakable', metadata: { about: 'ada' } },
      { id: 'b', text: 'word' },
    ]);
    await memory.upsert([{ id: 'c', text: 'unmentionable' }]);
    await memory.delete(['c']);
    expect(await memory.forget({ about: 'ada' })).toBe(1);
    const bytes = await readFile(path);
    for (const encoding of ['utf8', 'utf16le'] as const)
      for (const word of ['unspeakable', 'unmentionable'])
        expect(bytes.includes(Buffer.from(word, encoding))).toBe(false);
    await using again = await loadMemory(path);
    expect(await idsIn(again)).toEqual(['b']);
  });

  it('takes the place of files that were saved, also of version 1', async () => {
    const saved = newPath();
    const memory = createMemory({ ranking: { kind: 'tfidf' } });
    await memory.upsert(numbered(3));
    await memory.save(saved);
    await using opened = await openMemory(saved);
    expect(await opened.search({ text: 'text1', topK: 3 })).toEqual(
      await memory.search({ text: 'text1', topK: 3 }),
    );

    const old = newPath();
    await writeFile(old, version1);
    await using migrated = await openMemory(old);
    expect((await migrated.search({ text: 'tea', topK: 1 }))[0]?.id).toBe('tea');
    expect((await readFile(old)).readUInt32LE(8)).toBe(3);
  });

  it('tells how far it is, and lets go of the file when it is aborted', async () => {
    const { bytes } = await leftBy(async (memory) => {
      for (const doc of numbered(3)) await memory.upsert([doc]);
    });
    const path = newPath();
    await writeFile(path, bytes);
    const progress: Progress[] = [];
    const onProgress = (step: Progress) => progress.push(step);
    const { embedder } = conceptEmbedder();
    const controller = new AbortController();
    const aborting = { ...embedder, embed: async () => Promise.reject(controller.abort()) };
    await expect(
      openMemory(path, { signal: controller.signal, vectors: { embedder: aborting } }),
    ).rejects.toMatchObject({ outcome: 'not-applied' });
    expect(await readFile(path)).toEqual(bytes);
    await using memory = await openMemory(path, { onProgress });
    expect(progress[0]).toEqual({ done: bytes.length, total: bytes.length, unit: 'bytes' });
    expect(progress.slice(1).map(({ done, total }) => [done, total])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(await memory.count()).toBe(3);
  });

  it('removes what a process left behind that was killed while it wrote the file anew', async () => {
    const path = newPath();
    await (await openMemory(path)).close();
    const draft = `${path}.01234567-89ab-cdef-0123-456789abcdef.tmp`;
    await writeFile(draft, 'half');
    await writeFile(`${path}.mine.tmp`, 'of somebody');
    await (await openMemory(path)).close();
    const names = await readdir(folder);
    expect(names).not.toContain(draft.slice(folder.length + 1));
    expect(names).toContain(`${path}.mine.tmp`.slice(folder.length + 1));
  });
});

describe('the lock of a memory in a file', () => {
  const busy = { code: 'AIWORK_STORE_BUSY', retryable: true };

  it('lets one have it open, by whatever name, and others read it', async () => {
    const path = newPath();
    const memory = await openMemory(path);
    await memory.upsert(numbered(2));
    const link = newPath();
    await symlink(path, link);
    for (const name of [path, link]) await expect(openMemory(name)).rejects.toMatchObject(busy);
    await expect(createMemory().save(path)).rejects.toMatchObject(busy);
    await expect(memory.save(path)).rejects.toMatchObject(busy);
    await using read = await loadMemory(path);
    expect(await read.count()).toBe(2);
    await memory.close();
    await (await openMemory(link)).close();
    await read.save(path);
  });

  it('is let go of when the file cannot be opened', async () => {
    const path = newPath();
    await writeFile(path, 'not a memory');
    await expect(openMemory(path)).rejects.toMatchObject({ code: 'AIWORK_CORRUPT_DATA' });
    await rm(path);
    await (await openMemory(path)).close();
    await expect(openMemory(join(folder, 'no', 'such', 'folder'))).rejects.toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      message: expect.stringMatching(/^opening the memory .*such.* its folder is there/),
    });
  });
});

describe('a disk that fails', () => {
  /** Makes one call of a file fail, of any file. */
  async function failOnce(method: 'datasync' | 'write' | 'truncate', path: string) {
    const handle = await open(path);
    const prototype: Record<typeof method, () => Promise<unknown>> = Object.getPrototypeOf(handle);
    await handle.close();
    const spy = vi.spyOn(prototype, method).mockRejectedValueOnce(new Error('the disk is full'));
    onTestFinished(() => spy.mockRestore());
  }

  it('takes nothing of a batch that was not written, and goes on', async () => {
    const path = newPath();
    await using memory = await openMemory(path);
    await memory.upsert(numbered(2));
    await memory.delete(['1']);
    await failOnce('write', path);
    await expect(memory.upsert([{ id: 'x', text: 'word' }])).rejects.toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      outcome: 'not-applied',
      message: expect.stringContaining('the disk is full'),
    });
    expect(await idsIn(memory)).toEqual(['0']);
    await memory.upsert([{ id: 'y', text: 'word' }]);
    await using read = await loadMemory(path);
    expect(await idsIn(read)).toEqual(['0', 'y']);
  });

  it('that may have kept a batch or not makes it take no more, until it is opened again', async () => {
    const path = newPath();
    const memory = await openMemory(path);
    await memory.upsert(numbered(1));
    await failOnce('datasync', path);
    await expect(memory.delete(['0'])).rejects.toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      outcome: 'unknown',
    });
    await expect(memory.upsert([{ id: 'y', text: 'word' }])).rejects.toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      outcome: 'not-applied',
      message: expect.stringContaining('open it again'),
    });
    expect(await idsIn(memory)).toEqual(['0']);
    await memory.close();
    await using again = await openMemory(path);
    await again.upsert([{ id: 'y', text: 'word' }]);
  });

  it('says that what was forgotten is still in the file where that could not be written anew', async () => {
    const path = newPath();
    await using memory = await openMemory(path);
    await memory.upsert(numbered(2));
    const handle = await open(path);
    const spy = vi.spyOn(Object.getPrototypeOf(handle), 'sync').mockRejectedValueOnce(new Error('full'));
    onTestFinished(() => spy.mockRestore());
    await handle.close();
    await expect(memory.forget({ n: 1 })).rejects.toMatchObject({ outcome: 'unknown' });
    expect(await idsIn(memory)).toEqual(['0']);
    expect((await readFile(path)).includes('text1')).toBe(true);
    expect(await memory.forget({ n: 1 })).toBe(0);
    expect((await readFile(path)).includes('text1')).toBe(false);
  });
});

describe('a process that is killed', () => {
  const fixture = fileURLToPath(new URL('./open-memory.fixture.ts', import.meta.url));

  /** Lets it work until it said so many steps, kills it, and gives the last step it said. */
  async function workAndKill(path: string, steps: number): Promise<number> {
    const child: ChildProcess = spawn(process.execPath, ['--conditions=@aiwork/source', fixture, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = once(child, 'close');
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    if (!child.stdout) throw new Error('nothing to read from');
    let said = 0;
    let last = 0;
    for await (const line of createInterface(child.stdout)) {
      last = Number(line);
      said += 1;
      if (said === steps) child.kill('SIGKILL');
    }
    expect(await exit).toEqual([null, 'SIGKILL']);
    return last;
  }

  it('loses nothing that it acknowledged, and leaves a whole file', { timeout: 120_000 }, async () => {
    const path = newPath();
    // The file is written anew every nine steps or so: some of these are then.
    for (const steps of [3, 9, 20]) {
      const said = await workAndKill(path, steps);
      await using memory = await openMemory(path);
      const [last] = await memory.search({ text: 'last', topK: 1 });
      const step = Number(last?.metadata?.['step']);
      expect(step).toBeGreaterThanOrEqual(said);
      const kept = (await memory.search({ text: 'word', topK: 100 })).map(
        ({ metadata }) => metadata?.['step'],
      );
      // Killed between the delete and the upsert of a step, it has one less.
      const count = step >= 10 ? Math.max(9, Math.min(10, kept.length)) : step;
      const expected = Array.from({ length: count }, (_, i) => step - i);
      expect(kept.sort((one, other) => Number(other) - Number(one))).toEqual(expected);
    }
  });
});

const version1 = Buffer.from(
  'YWl3bWVtDQoBAAAAiAF7InJhbmtpbmciOnsia2luZCI6ImJtMjUiLCJrMSI6MC45LCJiIjowLjc1fSwidG9rZW5pemVyIjoiYWl3' +
    'b3JrLXdvcmRzLTE7ZGlhY3JpdGljcz1mb2xkO3VuaWNvZGU9MTcuMDtpY3U9NzguMyIsIndvcmRzIjozLCJkb2N1bWVudHMiOjJ9' +
    'ByJncmVlbiIFInRlYSIGIm1hdGUiG1sidGVhIiwiZ3JlZW4gdGVhIix7Im4iOjF9XQIAAQEBD1sibWF0ZSIsIm1hdGUiXQECAYd1' +
    'Kfu83mBO79l5q27K2/y8SsYynn72CFYQXsmqFHZF',
  'base64',
);
