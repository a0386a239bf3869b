import { type CallOptions, cosineSimilarity, type Embedder, embedAll } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';

/** Two questions, and whether they have one answer. @since 0.1.0 */
export interface QuestionPair {
  readonly one: string;
  readonly other: string;
  readonly same: boolean;
}

/** What a semantic cache would do at a threshold. @since 0.1.0 */
export interface ThresholdResult {
  readonly threshold: number;
  /** Pairs it takes for one question. */
  readonly hits: number;
  /** Of these, the ones with different answers. */
  readonly wrongHits: number;
  /** Pairs with one answer that it takes for different. */
  readonly missed: number;
  /** Share of wrong ones among the hits; 0 without hits. */
  readonly wrongShare: number;
  /** Share of the pairs with one answer that it finds; 1 without such pairs. */
  readonly foundShare: number;
}

/**
 * Says for each threshold how often a semantic cache would be wrong on your own questions, and how much it would find, so
 * that you can choose one. Pairs that are much alike and differ in meaning ("with" and "without", two names, two years) are
 * what it is about: give many.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` without pairs; what the embedder throws.
 * @example
 * ```ts no-run: needs an embedder
 * import type { Embedder } from '@aiwork/core';
 * import { measureThresholds } from '@aiwork/cache';
 *
 * declare const embedder: Embedder;
 * const pairs = [
 *   { one: 'How do I reset my password?', other: 'I forgot my password', same: true },
 *   { one: 'Flights to Paris in May', other: 'Flights from Paris in May', same: false },
 * ];
 * console.table(await measureThresholds(embedder, pairs, [0.85, 0.9, 0.95]));
 * ```
 * @since 0.1.0
 */
export async function measureThresholds(
  embedder: Embedder,
  pairs: readonly QuestionPair[],
  thresholds: readonly number[] = [0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.98],
  options: CallOptions = {},
): Promise<readonly ThresholdResult[]> {
  if (pairs.length === 0) throw invalidArgument('there are no pairs of questions: give at least one');
  const texts = pairs.flatMap(({ one, other }) => [one, other]);
  const vectors = await embedAll(embedder, texts, { kind: 'query', ...options });
  const judged = pairs.map(({ same }, i) => ({
    same,
    cosine: cosineSimilarity(vectors[2 * i] as Float32Array, vectors[2 * i + 1] as Float32Array),
  }));
  const allSame = judged.filter(({ same }) => same).length;
  return thresholds.map((threshold) => {
    const hits = judged.filter(({ cosine }) => cosine >= threshold);
    const wrongHits = hits.filter(({ same }) => !same).length;
    const found = hits.length - wrongHits;
    return {
      threshold,
      hits: hits.length,
      wrongHits,
      missed: allSame - found,
      wrongShare: hits.length === 0 ? 0 : wrongHits / hits.length,
      foundShare: allSame === 0 ? 1 : found / allSame,
    };
  });
}
