import type { Scored } from './fusion.ts';
import { dotProduct } from './vectors/similarity.ts';

export interface Diversity {
  readonly topK: number;
  /** 0: as they are; 1: as unlike each other as there are. */
  readonly diversity: number;
  /** Of length 1. */
  vectorOf(id: string): Float32Array | undefined;
}

/**
 * Chooses hits one after the other, each for its score and for how unlike it is to those chosen before: maximal marginal
 * relevance. Scores stay those of the search. One without a vector is unlike all others.
 *
 * Carbonell, Goldstein: The use of MMR, diversity-based reranking for reordering documents and producing summaries (1998).
 */
export function diversify<T extends Scored>(
  hits: readonly T[],
  { topK, diversity, vectorOf }: Diversity,
): T[] {
  const best = Math.max(Number.MIN_VALUE, ...hits.map(({ score }) => score));
  const left = hits.map((hit) => ({ hit, vector: vectorOf(hit.id), nearest: 0 }));
  const chosen: T[] = [];
  while (left.length > 0 && chosen.length < topK) {
    const worthOf = ({ hit, nearest }: (typeof left)[number]) =>
      (1 - diversity) * (hit.score / best) - diversity * nearest;
    const worths = left.map(worthOf);
    const [next] = left.splice(worths.indexOf(Math.max(...worths)), 1);
    if (next === undefined) break;
    chosen.push(next.hit);
    for (const other of left)
      if (next.vector && other.vector)
        other.nearest = Math.max(other.nearest, dotProduct(next.vector, other.vector));
  }
  return chosen;
}
