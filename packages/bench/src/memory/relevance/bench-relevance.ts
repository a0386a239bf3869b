import { atLeast, type Findings, type Row, type Skipped, type Target } from '../../report.ts';
import { lucene, luceneRankers } from './lucene-rankers.ts';
import { ndcg } from './ndcg.ts';
import type { Ranker } from './rank.ts';
import type { TestCollection } from './test-collection.ts';
import { byVectors, hybrid, vectorRankers } from './vector-rankers.ts';
import { englishRankers, plainRankers } from './word-rankers.ts';

export interface RelevanceBench {
  /** What is ranked; each rejects with the reason where it cannot be had. */
  readonly collections: Readonly<Record<string, () => Promise<TestCollection>>>;
  /** Who ranks it, likewise. */
  readonly rankers: Readonly<Record<string, (resources: AsyncDisposableStack) => Promise<readonly Ranker[]>>>;
}

export const wordRankers = async (): Promise<readonly Ranker[]> => [...plainRankers, ...englishRankers];

/** Everybody, by what is not measured where they cannot be had. */
export const allRankers: RelevanceBench['rankers'] = {
  'ranking by words': wordRankers,
  "bm25s, Lucene's BM25": luceneRankers,
  'ranking by meaning': vectorRankers,
};

const depth = 10;
const metric = `nDCG@${depth}`;

/** How well documents are ranked that people judged. */
export async function benchRelevance({ collections, rankers }: RelevanceBench): Promise<Findings> {
  await using resources = new AsyncDisposableStack();
  const skipped: Skipped[] = [];
  const opened = await had(rankers, (open) => open(resources), skipped);
  const judged = await had(collections, (fetchOne) => fetchOne(), skipped);
  const rows: Row[] = [];
  const targets: Target[] = [];
  for (const collection of judged) {
    const ranked = await rowsOf(collection, opened.flat());
    rows.push(...ranked);
    targets.push(...targetsOf(ranked));
  }
  return { rows, targets, skipped };
}

/** What can be had; what cannot is said in `skipped`. */
async function had<S, T>(
  sources: Readonly<Record<string, S>>,
  open: (source: S) => Promise<T>,
  skipped: Skipped[],
): Promise<T[]> {
  const found: T[] = [];
  for (const [subject, source] of Object.entries(sources)) {
    try {
      found.push(await open(source));
    } catch (error) {
      const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
      skipped.push({ subject, why });
    }
  }
  return found;
}

async function rowsOf(collection: TestCollection, rankers: readonly Ranker[]): Promise<Row[]> {
  const { name, documents, queries } = collection;
  const work = `${name}: ${documents.length.toLocaleString('en')} documents, ${queries.length} judged queries`;
  const rows: Row[] = [];
  for (const { name: subject, rank } of rankers) {
    const found = await rank(collection, depth);
    const sum = queries.reduce((all, { relevant }, i) => all + ndcg(found[i] ?? [], relevant, depth), 0);
    // Four decimals, as such figures are given: what differs less does not differ.
    rows.push({ work, subject, metric, value: Number((sum / queries.length).toFixed(4)), unit: '' });
  }
  return rows;
}

const ofWords = '@aiwork/memory, BM25, English';
/** Whose ranking has to be as good as whose. */
const pairs = [
  ['BM25', ofWords, "Lucene's of the same words", lucene.sameWords],
  ['BM25', ofWords, "Lucene's", lucene.english],
  ['hybrid', hybrid, 'its words', ofWords],
  ['hybrid', hybrid, 'its vectors', byVectors],
] as const;

function targetsOf(rows: readonly Row[]): Target[] {
  const figures = new Map(rows.map(({ subject, value }) => [subject, value]));
  return pairs.flatMap(([what, subject, than, other]) => {
    const value = figures.get(subject);
    const least = figures.get(other);
    if (value === undefined || least === undefined) return [];
    return [atLeast(rows[0]?.work ?? '', `${metric} of ${what}, against ${than}`, value, least, '')];
  });
}
