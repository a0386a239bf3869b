// Runs in the subject's own process.
import { bytesInUse } from '../bytes-in-use.ts';
import { type Corpus, type CorpusOptions, makeCorpus } from './corpus.ts';
import { exhaustiveScorer, type RankingKind } from './exhaustive.ts';
import { type Hit, requireBest } from './same-hits.ts';
import type { MemorySubject, Search } from './subject.ts';

const topK = 10;
let corpus: Corpus;
let index: Search;

/** Indexes the corpus: milliseconds, and bytes kept beside the texts themselves, typed arrays included. */
export async function load(
  module: string,
  options: CorpusOptions,
): Promise<{ indexMs: number; bytes: number }> {
  const { subject } = (await import(module)) as { subject: MemorySubject };
  corpus = makeCorpus(options);
  // So that the first documents do not pay for compilation alone.
  await subject.index(corpus.documents.slice(0, 500));
  const before = bytesInUse();
  const start = performance.now();
  index = await subject.index(corpus.documents);
  const indexMs = performance.now() - start;
  return { indexMs, bytes: bytesInUse() - before };
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
  const score = exhaustiveScorer(kind, corpus);
  const queries = corpus.queries.slice(0, count);
  for (const query of queries) {
    const scores = score(query);
    const byId = new Map(corpus.documents.map(({ id }, i) => [id, scores[i] as number]));
    requireBest(query, (await index.search(query, topK)) as readonly Hit[], byId, topK);
  }
  return queries.length;
}
