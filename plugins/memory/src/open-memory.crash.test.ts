import type { FileHandle } from 'node:fs/promises';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LocalMemory } from './memory-of.ts';
import { openMemory } from './open-memory.ts';

/** Stands for the process: after so many steps on the disk, half of the last one is done, and nothing any more. */
const life = vi.hoisted(() => ({
  left: Number.POSITIVE_INFINITY,
  async step<T>(whole: () => Promise<T>, half: () => Promise<unknown> = async () => {}): Promise<T> {
    life.left -= 1;
    if (life.left > 0) return whole();
    if (life.left === 0) await half();
    throw new Error('the process is no more');
  },
}));

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>();
  const mortal = (handle: FileHandle) => ({
    stat: () => handle.stat(),
    read: (...place: [Buffer, number, number, number]) => handle.read(...place),
    close: () => handle.close(),
    truncate: (length: number) => life.step(() => handle.truncate(length)),
    sync: () => life.step(() => handle.sync()),
    datasync: () => life.step(() => handle.datasync()),
    write: (bytes: Uint8Array, from: number, length: number, at: number) =>
      life.step(
        () => handle.write(bytes, from, length, at),
        () => handle.write(bytes, from, Math.floor(length / 2), at),
      ),
  });
  return {
    ...real,
    open: async (path: string, flags?: string) => mortal(await real.open(path, flags)),
    rename: (from: string, to: string) => life.step(() => real.rename(from, to)),
    rm: (path: string, options: object) => life.step(() => real.rm(path, options)),
  };
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aiwork-memory-crash-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** More than a file may grow by before it is written anew. */
const long = 'long '.repeat(250_000);

const works: readonly ((memory: LocalMemory) => Promise<unknown>)[] = [
  (memory) => memory.upsert([1, 2, 3].map((n) => ({ id: `${n}`, text: 'word', metadata: { n } }))),
  (memory) => memory.upsert([{ id: '2', text: 'word again', metadata: { n: 20 } }]),
  (memory) => memory.delete(['1']),
  (memory) => memory.upsert([{ id: 'long', text: `word ${long}`, metadata: { n: 40 } }]),
  (memory) => memory.upsert([{ id: '5', text: 'word', metadata: { n: 5 } }]),
  (memory) => memory.forget({ n: 40 }),
  (memory) => memory.delete(['5']),
];

/** What is in the memory after so many of them. */
const states = [
  [],
  ['1:1', '2:2', '3:3'],
  ['1:1', '2:20', '3:3'],
  ['2:20', '3:3'],
  ['2:20', '3:3', 'long:40'],
  ['2:20', '3:3', '5:5', 'long:40'],
  ['2:20', '3:3', '5:5'],
  ['2:20', '3:3'],
];

async function stateOf(memory: LocalMemory): Promise<string[]> {
  const hits = await memory.search({ text: 'word', topK: 100 });
  return hits.map(({ id, metadata }) => `${id}:${metadata?.['n']}`).sort();
}

/** Lives for so many steps on the disk; gives how much was acknowledged. */
async function live(path: string, steps: number): Promise<number> {
  life.left = steps;
  let acknowledged = 0;
  let memory: LocalMemory | undefined;
  try {
    memory = await openMemory(path, { maxTextBytes: 2 ** 24 });
    for (const work of works) {
      await work(memory);
      acknowledged += 1;
    }
  } catch {
    // The end of this life. What it held is let go of, as the system does.
  }
  await memory?.close().catch(() => {});
  return acknowledged;
}

describe('a memory in a file', () => {
  it('whose process ends at any step has what was acknowledged, whole', { timeout: 120_000 }, async () => {
    let lives = 0;
    for (let acknowledged = 0; acknowledged < works.length; lives += 1) {
      const path = join(folder, `${lives}`);
      acknowledged = await live(path, lives + 1);
      life.left = Number.POSITIVE_INFINITY;
      await using memory = await openMemory(path);
      const allowed = [states[acknowledged], states[acknowledged + 1]].filter((state) => state !== undefined);
      expect(allowed, `after step ${lives}`).toContainEqual(await stateOf(memory));
      expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/\.tmp$/));
      await memory.upsert([{ id: 'next', text: 'another' }]);
    }
    // Every record takes two steps, every file that is written six or more.
    expect(lives).toBeGreaterThan(30);
  });
});
