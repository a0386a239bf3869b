import { cosineSimilarity, type Embedder, embedAll } from '@aiwork/core';
import type { Evaluator } from '../strategy.ts';

/** @since 0.1.0 */
export interface SimilarityOptions {
  readonly embedder: Embedder;
  /** What good answers are like. Default: the other candidates, so that the one nearest to all others is the best. */
  readonly references?: readonly string[];
}

/**
 * Scores candidates by meaning: how near they are to references, or to what the others say. For answers in free text, where
 * no two are equal and a vote has nothing to count.
 *
 * @example
 * ```ts no-run: needs a model
 * import type { Embedder } from '@aiwork/core';
 * import { bestOf, similarity } from '@aiwork/thinking';
 *
 * declare const embedder: Embedder;
 * const nearestToAll = bestOf({ alternatives: 5, evaluator: similarity({ embedder }) });
 * console.log(nearestToAll.name);
 * ```
 * @since 0.1.0
 */
export function similarity({ embedder, references }: SimilarityOptions): Evaluator {
  return {
    name: 'similarity',
    async score(candidates, { signal }) {
      if (candidates.length < 2 && !references?.length) return [];
      const vectors = await embedAll(
        embedder,
        candidates.map(({ answer }) => answer),
        { signal },
      );
      const wanted = references?.length ? await embedAll(embedder, references, { signal }) : undefined;
      return candidates.map(({ id }, i) => {
        const others = wanted ?? vectors.filter((_, j) => j !== i);
        const near = others.map((other) => cosineSimilarity(vectors[i] as Float32Array, other));
        // To the nearest reference; to all of the others.
        const mean = near.reduce((sum, value) => sum + value, 0) / near.length;
        const score = Math.min(1, Math.max(0, wanted ? Math.max(...near) : mean));
        const what = wanted ? 'to the nearest reference' : 'to the others on average';
        return { id, score, why: `similarity ${what}: ${score.toFixed(2)}` };
      });
    },
  };
}
