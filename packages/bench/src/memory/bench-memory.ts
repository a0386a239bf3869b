import { packageVersions } from '../package-version.ts';
import { type Findings, joined, type Report, report } from '../report.ts';
import { benchWords, type WordsBench } from './bench-words.ts';
import { benchOpening, type OpeningBench } from './opening/bench-opening.ts';
import { allRankers, benchRelevance, type RelevanceBench } from './relevance/bench-relevance.ts';
import { fetchCollection, publishedCollections } from './relevance/fetch-collection.ts';
import { luceneVersion } from './relevance/lucene-rankers.ts';
import { benchScale, type ScaleBench } from './scale/bench-scale.ts';
import { benchVectors, type VectorBench } from './vectors/bench-vectors.ts';

/** What is measured, part by part; a part that is missing is left out. */
export interface MemoryBench {
  readonly words?: WordsBench;
  readonly scale?: ScaleBench;
  readonly opening?: OpeningBench;
  readonly vectors?: VectorBench;
  readonly relevance?: RelevanceBench;
}

export const fullMemoryBench: Required<MemoryBench> = {
  words: {
    distributions: ['zipf', 'uniform'],
    documents: 20_000,
    vocabulary: 20_000,
    rounds: 5,
    queries: 200,
    roundMs: 2_000,
    compared: 200,
  },
  scale: {
    small: 20_000,
    large: 1_000_000,
    vocabulary: 20_000,
    queries: 500,
    queriesMs: 10_000,
    compared: 50,
    limitMs: 180_000,
    heapBytes: 6 * 2 ** 30,
  },
  opening: { documents: 100_000, vocabulary: 20_000, vectors: 100_000, dimensions: 384, rounds: 5 },
  vectors: { vectors: 100_000, dimensions: 384, queries: 50, rounds: 3, compared: 50 },
  relevance: {
    collections: Object.fromEntries(
      publishedCollections.map((each) => [each.name, () => fetchCollection(each)]),
    ),
    rankers: allRankers,
  },
};

const notes = [
  'Each subject runs in a process of its own; rounds are interleaved, but for those that go one after the other; quantiles are over all queries of all rounds (a slow subject gets through fewer of them).',
  'Memory is what the index adds to the texts themselves. FlexSearch gives no scores, so its hits are not ranked by relevance. Behind promises, documents come a thousand at a time, and the event loop gets to other work in between; all others index everything in one go.',
  `Ranking is measured on the collections of Cranfield and CISI, fetched from the repository pahopu/trec-xml-dataset on GitHub; all documents that its files list for a query count as relevant. "English": without the stop words of Lucene, and by a stemmer (for bm25s Porter's first, of 1980, for the others his second, of @orama/stemmers); @aiwork/memory leaves out words of one character there, as bm25s always does. bm25s is given the constants of Lucene. Hybrid is English words and vectors together.`,
  'Vectors are made up as those of texts are: near one of 200 topics, and with most of what they say in some of their directions. USearch keeps a graph of neighbours outside the heap of JavaScript, which its memory leaves out; exact searches are compared with looking at every vector, too.',
];

/** Memory in this process, side by side with libraries that do the same. */
export async function benchMemory(
  { words, scale, opening, vectors, relevance }: MemoryBench = fullMemoryBench,
  folder?: string,
): Promise<Report> {
  const names = ['@aiwork/memory', 'minisearch', 'flexsearch', '@orama/orama', '@orama/stemmers', 'usearch'];
  const versions = { ...packageVersions(names), ...luceneVersion };
  return report(
    'memory',
    versions,
    async () => {
      const parts: Findings[] = [];
      if (words)
        for (const distribution of words.distributions) parts.push(await benchWords(words, distribution));
      if (scale) parts.push(await benchScale(scale));
      if (opening) parts.push(await benchOpening(opening));
      if (vectors) parts.push(await benchVectors(vectors));
      if (relevance) parts.push(await benchRelevance(relevance));
      return joined(parts, notes);
    },
    folder,
  );
}
