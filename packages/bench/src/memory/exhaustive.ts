import type { Corpus } from './corpus.ts';

export type RankingKind = 'bm25' | 'tfidf';

/** Scores every document against a query, in the order of the documents. */
export type Scorer = (query: string) => Float64Array;

/**
 * Scores by the published formulas, with no index and nothing left out: what results are compared with. Written apart
 * from the plugin, so that a mistake is not made twice.
 */
export function exhaustiveScorer(kind: RankingKind, { documents }: Corpus): Scorer {
  const counts = documents.map(({ text }) => countWords(text));
  const lengths = counts.map((words) => sum(words.values()));
  const average = sum(lengths) / documents.length;
  const norms = counts.map((words) => Math.hypot(...[...words.values()].map((n) => 1 + Math.log(n))));
  const all = documents.length;

  function bm25(words: readonly string[], containing: readonly number[]): Float64Array {
    const [k1, b] = [1.2, 0.75];
    return Float64Array.from(counts, (count, d) => {
      const norm = k1 * (1 - b + (b * (lengths[d] as number)) / average);
      let score = 0;
      for (const [i, word] of words.entries()) {
        const n = containing[i] as number;
        const frequency = count.get(word) ?? 0;
        score += (Math.log(1 + (all - n + 0.5) / (n + 0.5)) * frequency) / (frequency + norm);
      }
      return score;
    });
  }

  function tfidf(words: readonly string[], containing: readonly number[]): Float64Array {
    const weights = containing.map((n) => (n === 0 ? 0 : Math.log(1 + all / n)));
    const length = Math.hypot(...weights);
    return Float64Array.from(counts, (count, d) => {
      let score = 0;
      for (const [i, word] of words.entries()) {
        const frequency = count.get(word);
        if (frequency === undefined) continue;
        score += ((weights[i] as number) / length) * ((1 + Math.log(frequency)) / (norms[d] as number));
      }
      return score;
    });
  }

  const score = kind === 'bm25' ? bm25 : tfidf;
  return (query) => {
    // Words of a query differ, so each stands in it once.
    const words = query.split(' ');
    return score(
      words,
      words.map((word) => counts.filter((count) => count.has(word)).length),
    );
  };
}

function countWords(text: string): Map<string, number> {
  const words = new Map<string, number>();
  for (const word of text.split(' ')) words.set(word, (words.get(word) ?? 0) + 1);
  return words;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
