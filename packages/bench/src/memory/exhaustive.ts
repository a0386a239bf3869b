import type { Document } from './corpus.ts';

export type RankingKind = 'bm25' | 'tfidf';

/** A query, and documents whose scores are asked for. */
export interface ExhaustiveQuery {
  readonly query: string;
  readonly ids: ReadonlySet<string>;
}

/** What scoring every document against a query found. */
export interface ExhaustiveScores {
  /** The best scores above 0, best first. */
  readonly best: readonly number[];
  /** Those of the documents that were asked for. */
  readonly scores: ReadonlyMap<string, number>;
}

/** A score is the sum of `weight · impact(frequency, norm)` over the words of a query. */
interface Formula {
  weights(containing: readonly number[], documents: number): readonly number[];
  norm(words: ReadonlyMap<string, number>, length: number, averageLength: number): number;
  impact(frequency: number, norm: number): number;
}

const [k1, b] = [1.2, 0.75];
const formulas: Readonly<Record<RankingKind, Formula>> = {
  bm25: {
    weights: (containing, documents) =>
      containing.map((n) => Math.log(1 + (documents - n + 0.5) / (n + 0.5))),
    norm: (_, length, averageLength) => k1 * (1 - b + (b * length) / averageLength),
    impact: (frequency, norm) => frequency / (frequency + norm),
  },
  tfidf: {
    weights(containing, documents) {
      const weights = containing.map((n) => (n === 0 ? 0 : Math.log(1 + documents / n)));
      const length = Math.hypot(...weights);
      return weights.map((weight) => (length === 0 ? 0 : weight / length));
    },
    norm: (words) => Math.hypot(...[...words.values()].map((n) => 1 + Math.log(n))),
    impact: (frequency, norm) => (1 + Math.log(frequency)) / norm,
  },
};

/**
 * Scores every document against every query by the published formulas, with no index and nothing left out: what results are
 * compared with. Written apart from the plugin, so that a mistake is not made twice. Texts are words with a space between;
 * words of a query differ.
 */
export function scoreEverything(
  kind: RankingKind,
  documents: readonly Document[],
  queries: readonly ExhaustiveQuery[],
  topK: number,
): ExhaustiveScores[] {
  const formula = formulas[kind];
  const wordsOf = queries.map(({ query }) => query.split(' '));
  const { containing, averageLength } = factsOf(documents, new Set(wordsOf.flat()));
  const asked = queries.map(({ ids }, i) => {
    const words = wordsOf[i] as string[];
    const weights = formula.weights(
      words.map((word) => containing.get(word) as number),
      documents.length,
    );
    return { ids, words, weights, best: [] as number[], scores: new Map<string, number>() };
  });
  for (const { id, text } of documents) {
    const all = text.split(' ');
    const counts = countsOf(all);
    const norm = formula.norm(counts, all.length, averageLength);
    for (const { ids, words, weights, best, scores } of asked) {
      let score = 0;
      for (const [i, word] of words.entries()) {
        const frequency = counts.get(word);
        if (frequency !== undefined) score += (weights[i] as number) * formula.impact(frequency, norm);
      }
      if (ids.has(id)) scores.set(id, score);
      if (score > (best.length < topK ? 0 : (best.at(-1) as number))) keep(best, score, topK);
    }
  }
  return asked;
}

function factsOf(documents: readonly Document[], wanted: ReadonlySet<string>) {
  const containing = new Map(Array.from(wanted, (word) => [word, 0]));
  let length = 0;
  for (const { text } of documents) {
    const words = text.split(' ');
    length += words.length;
    for (const word of new Set(words)) {
      const n = containing.get(word);
      if (n !== undefined) containing.set(word, n + 1);
    }
  }
  return { containing, averageLength: length / documents.length };
}

function countsOf(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function keep(best: number[], score: number, topK: number): void {
  best.push(score);
  best.sort((a, b) => b - a);
  best.length = Math.min(best.length, topK);
}
