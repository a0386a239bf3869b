// Runs in the subject's own process.
import { bytesInUse } from '../../bytes-in-use.ts';
import { makeVectors, type VectorCorpus, type VectorCorpusOptions } from './vector-corpus.ts';
import type { VectorSearch, VectorSubject } from './vector-subject.ts';

const topK = 10;
let corpus: VectorCorpus;
let index: VectorSearch;

/** Indexes the vectors: milliseconds, and bytes kept beside those it was given. */
export async function load(
  module: string,
  options: VectorCorpusOptions,
): Promise<{ indexMs: number; bytes: number }> {
  const { subject } = (await import(module)) as { subject: VectorSubject };
  corpus = makeVectors(options);
  const before = bytesInUse();
  const start = performance.now();
  index = await subject.index(corpus.vectors);
  return { indexMs: performance.now() - start, bytes: bytesInUse() - before };
}

/** Milliseconds of each query. */
export async function round(): Promise<number[]> {
  const times: number[] = [];
  for (const query of corpus.queries) {
    const start = performance.now();
    await index.search(query, topK);
    times.push(performance.now() - start);
  }
  return times;
}

/** Which share of the nearest ten is found, of as many queries. */
export async function recall(queries: number): Promise<number> {
  let found = 0;
  const asked = corpus.queries.slice(0, queries);
  for (const query of asked) {
    const nearest = new Set(nearestTo(query));
    found += (await index.search(query, topK)).filter((n) => nearest.has(n)).length;
  }
  return found / (topK * asked.length);
}

function nearestTo(query: Float32Array): number[] {
  const cosines = corpus.vectors.map((vector, n) => {
    let product = 0;
    let squares = 0;
    for (let i = 0; i < query.length; i += 1) {
      product += (query[i] as number) * (vector[i] as number);
      squares += (vector[i] as number) ** 2;
    }
    return { n, cosine: product / Math.sqrt(squares) };
  });
  return cosines
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, topK)
    .map(({ n }) => n);
}
