// Runs in the subject's own process.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as after } from 'node:timers/promises';
import { bytesInUse } from '../bytes-in-use.ts';
import { type Corpus, type CorpusOptions, makeCorpus } from './corpus.ts';
import { type RankingKind, scoreEverything } from './exhaustive.ts';
import { type Hit, requireBest } from './same-hits.ts';
import type { MemorySubject, Search } from './subject.ts';

const topK = 10;
let corpus: Corpus;
let index: Search;

/** What indexing cost. */
export interface Indexed {
  readonly indexMs: number;
  /** Kept beside the texts themselves, typed arrays included. */
  readonly bytes: number;
  /** Longest time that the event loop was kept from other work. */
  readonly pauseMs: number;
}

/** Makes the corpus. */
export function prepare(options: CorpusOptions): void {
  corpus = makeCorpus(options);
}

/** Indexes the corpus. */
export async function load(module: string): Promise<Indexed> {
  const { subject } = (await import(module)) as { subject: MemorySubject };
  // So that the first documents do not pay for compilation alone.
  await subject.index(corpus.documents.slice(0, 500));
  const before = bytesInUse();
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  // The first of its turns is what the others are counted from.
  await after(10);
  const start = performance.now();
  index = await subject.index(corpus.documents);
  const indexMs = performance.now() - start;
  // What never paused is seen at the next turn.
  await after(10);
  delays.disable();
  return { indexMs, bytes: bytesInUse() - before, pauseMs: delays.max / 1e6 };
}

/** Milliseconds of each of `count` queries from `first` on; fewer when they take longer than `limitMs` together. */
export async function round(first: number, count: number, limitMs: number): Promise<number[]> {
  const { queries } = corpus;
  const times: number[] = [];
  const end = performance.now() + limitMs;
  for (let i = 0; i < count && performance.now() < end; i += 1) {
    const query = queries[(first + i) % queries.length] as string;
    const start = performance.now();
    const found = await index.search(query, topK);
    times.push(performance.now() - start);
    if (found.length === 0) throw new Error(`nothing found for "${query}"`);
  }
  return times;
}

/** Compares the hits of the first queries with those of scoring every document; throws where they differ. */
export async function compareWithExhaustive(kind: RankingKind, count: number): Promise<number> {
  const found: { readonly query: string; readonly hits: readonly Hit[] }[] = [];
  for (const query of corpus.queries.slice(0, count))
    found.push({ query, hits: (await index.search(query, topK)) as readonly Hit[] });
  const asked = found.map(({ query, hits }) => ({ query, ids: new Set(hits.map(({ id }) => id)) }));
  const due = scoreEverything(kind, corpus.documents, asked, topK);
  for (const [i, { query, hits }] of found.entries())
    requireBest(query, hits, due[i] as (typeof due)[number]);
  return found.length;
}
