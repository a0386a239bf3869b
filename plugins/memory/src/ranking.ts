import { invalidArgument, shown } from '@aiwork/core/adapter-kit';

/**
 * How documents are scored against a query.
 *
 * - `bm25` (default): Okapi BM25 [1] with the never-negative idf of Lucene [2]:
 *   `Σ q·ln(1 + (N − n + ½)/(n + ½)) · f/(f + k1·(1 − b + b·len/avg))`, with `f` the term's frequency in the document, `q` in
 *   the query, `n` the documents that have it, `N` all documents. Like Lucene since version 8 it leaves out the constant
 *   factor `k1 + 1`, so a term adds at most its idf. `k1` (default 1.2, 0 or more) is how slowly repetition saturates, `b`
 *   (default 0.75, 0 to 1) how much long documents are held back.
 * - `tfidf`: the cosine of the weights `1 + ln f` (document, normalised) and `(1 + ln q)·ln(1 + N/n)` (query, normalised):
 *   scheme lnc.ltc of [3], with 1 added in the logarithm so that a term that every document has still counts. Scores
 *   are between 0 and 1.
 *
 * [1] Robertson, Walker, Jones, Hancock-Beaulieu, Gatford: Okapi at TREC-3 (1994).
 * [2] Lucene 10, `org.apache.lucene.search.similarities.BM25Similarity`.
 * [3] Manning, Raghavan, Schütze: Introduction to Information Retrieval (2008), § 6.4.3.
 *
 * @example
 * ```ts
 * import { createLexicalIndex } from '@aiwork/memory';
 *
 * const index = createLexicalIndex({ ranking: { kind: 'tfidf' } });
 * index.upsert([{ id: 'a', text: 'red green' }]);
 * console.log(index.search({ text: 'red green', topK: 1 })[0]?.score.toFixed(6)); // 1.000000
 * ```
 * @since 0.1.0
 */
export type RankingOptions =
  | { readonly kind: 'bm25'; readonly k1?: number; readonly b?: number }
  | { readonly kind: 'tfidf' };

/** What a ranking needs to know of the whole index. */
export interface CorpusFacts {
  readonly documents: number;
  /** Mean number of terms in a document. */
  readonly averageLength: number;
}

/** What turns a document's statistic into the norm of an impact: `offset + slope · statistic`. */
export interface Scale {
  readonly offset: number;
  readonly slope: number;
}

/**
 * A score is `Σ weight · impact(frequency, offset + slope · statistic)` over the terms of a query: `weight` belongs to term
 * and query, `statistic` to the document alone (so it never has to be computed again), offset and slope to the index.
 * `impact` grows with the frequency.
 */
export interface Ranking {
  readonly options: RankingOptions;
  statistic(frequencies: ArrayLike<number>, length: number): number;
  scale(corpus: CorpusFacts): Scale;
  impact(frequency: number, norm: number): number;
  /** Of terms by how often each stands in the query, and how many documents have it. */
  weights(
    frequencies: readonly number[],
    documentFrequencies: readonly number[],
    corpus: CorpusFacts,
  ): number[];
  /** At most how much larger an impact becomes when the slope changes. */
  growth(oldSlope: number, newSlope: number): number;
}

function bm25Impact(frequency: number, norm: number): number {
  return frequency / (frequency + norm);
}

function bm25(k1: number, b: number): Ranking {
  return {
    options: { kind: 'bm25', k1, b },
    statistic: (_frequencies, length) => length,
    scale: ({ averageLength }) => ({
      offset: k1 * (1 - b),
      slope: averageLength > 0 ? (k1 * b) / averageLength : 0,
    }),
    impact: bm25Impact,
    weights: (frequencies, documentFrequencies, { documents }) =>
      frequencies.map((frequency, i) => {
        const having = documentFrequencies[i] as number;
        return frequency * Math.log(1 + (documents - having + 0.5) / (having + 0.5));
      }),
    // f/(f + o + s·len) grows by at most s/s′ when the slope falls to s′, because the offset o is not negative.
    growth: (oldSlope, newSlope) => (newSlope < oldSlope ? oldSlope / newSlope : 1),
  };
}

function tfidfImpact(frequency: number, norm: number): number {
  return (1 + Math.log(frequency)) * norm;
}

function inverseNorm(frequencies: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < frequencies.length; i++) sum += (1 + Math.log(frequencies[i] as number)) ** 2;
  return sum > 0 ? 1 / Math.sqrt(sum) : 0;
}

const tfidf: Ranking = {
  options: { kind: 'tfidf' },
  statistic: inverseNorm,
  scale: () => ({ offset: 0, slope: 1 }),
  impact: tfidfImpact,
  weights(frequencies, documentFrequencies, { documents }) {
    const weights = frequencies.map((frequency, i) => {
      return (1 + Math.log(frequency)) * Math.log(1 + documents / (documentFrequencies[i] as number));
    });
    const norm = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0));
    return weights.map((weight) => weight / norm);
  },
  growth: () => 1,
};

export function createRanking(options: RankingOptions = { kind: 'bm25' }): Ranking {
  if (options.kind === 'tfidf') return tfidf;
  if (options.kind !== 'bm25') {
    throw invalidArgument(
      `ranking.kind is ${shown((options as { kind?: unknown }).kind)}: use 'bm25' or 'tfidf'`,
    );
  }
  const { k1 = 1.2, b = 0.75 } = options;
  if (!Number.isFinite(k1) || k1 < 0)
    throw invalidArgument(`ranking.k1 is ${shown(k1)}: use a number of 0 or more`);
  if (!(b >= 0 && b <= 1)) throw invalidArgument(`ranking.b is ${shown(b)}: use a number from 0 to 1`);
  return bm25(k1, b);
}

/**
 * The grid a query's scores lie on: 2²⁰, or the next power of two that no score of the query exceeds (an impact is at most
 * 1, so a score is at most the sum of the weights). See {@link quantise}.
 */
export function gridOf(weights: readonly number[]): number {
  const highest = weights.reduce((sum, weight) => sum + weight, 0);
  return 2 ** Math.max(20, Math.ceil(Math.log2(highest + 1)));
}

/**
 * Rounds up to a multiple of `grid` · 2⁻⁵² (2⁻³² for all but absurd queries), by less than two steps and never to 0.
 *
 * Such multiples fit a double exactly as long as they stay below `grid`, so they can be added in any order with the same
 * result. That makes pruned search equal to exhaustive scoring in every bit, and makes documents that deserve the
 * same score tie.
 */
export function quantise(value: number, grid: number): number {
  return value + grid * notZero + grid - grid;
}

/** Three quarters of a step of the grid: enough to be rounded up to one step, even alone. */
const notZero = 0.75 * 2 ** -52;
