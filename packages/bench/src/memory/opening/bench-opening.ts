import { deepStrictEqual } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Isolated, isolate } from '../../isolated/isolate.ts';
import { median } from '../../measure.ts';
import { atMost, type Findings, joined, type Row } from '../../report.ts';
import { ours } from '../contestants.ts';
import { wordsOfText, workOf } from '../word-search.ts';

export interface OpeningBench {
  readonly documents: number;
  readonly vocabulary: number;
  readonly vectors: number;
  readonly dimensions: number;
  readonly rounds: number;
}

type MemoryFile = typeof import('./memory-file.ts');

async function isolated<T>(call: (host: Isolated<MemoryFile>) => Promise<T>): Promise<T> {
  const host = await isolate<MemoryFile>(new URL('./memory-file.ts', import.meta.url));
  try {
    return await call(host);
  } finally {
    await host.close();
  }
}

/** How soon a process that begins has what is in a file, against indexing it again. */
export async function benchOpening(bench: OpeningBench): Promise<Findings> {
  const { documents, vocabulary, vectors, dimensions, rounds } = bench;
  const texts = { documents, vocabulary, words: wordsOfText, queries: 1, distribution: 'zipf' } as const;
  const workOfVectors = `${vectors.toLocaleString('en')} vectors of ${dimensions} numbers`;
  return joined(
    [
      await benchFile({
        work: `${workOf(texts)}, from a file`,
        subject: ours,
        rounds,
        share: 1 / 20,
        write: (host, file) => host.call('writeTexts', file, texts),
      }),
      await benchFile({
        work: `${workOfVectors}, from a file`,
        subject: '@aiwork/memory, exact',
        rounds,
        share: 1 / 5,
        write: (host, file) => host.call('writeVectors', file, { vectors, dimensions, queries: 1 }),
      }),
    ],
    [],
  );
}

interface FileBench {
  readonly work: string;
  readonly subject: string;
  readonly rounds: number;
  /** How much of the time of indexing it may take to open. */
  readonly share: number;
  write(
    host: Isolated<MemoryFile>,
    file: string,
  ): Promise<Awaited<ReturnType<MemoryFile['writeTexts'] | MemoryFile['writeVectors']>>>;
}

async function benchFile({ work, subject, rounds, share, write }: FileBench): Promise<Findings> {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-bench-opening-'));
  try {
    const file = join(folder, 'memory');
    const written = await isolated((host) => write(host, file));
    const opened = [];
    for (let round = 0; round < rounds; round += 1) {
      const each = await isolated((host) => host.call('open', file, written.query));
      deepStrictEqual(each.hits, written.hits, 'a file gives other hits than what it was saved from');
      opened.push(each);
    }
    const openMs = median(opened.map((each) => each.openMs));
    const row = (metric: string, value: number, unit: string): Row => ({
      work,
      subject,
      metric,
      value,
      unit,
    });
    return {
      rows: [
        row('index time', written.indexMs, 'ms'),
        row('save', written.saveMs, 'ms'),
        row('file', written.bytes / 2 ** 20, 'MiB'),
        row('open, p50', openMs, 'ms'),
        row('first query, p50', median(opened.map((each) => each.searchMs)), 'ms'),
      ],
      targets: [atMost(work, 'opening against indexing', openMs / written.indexMs, share)],
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
