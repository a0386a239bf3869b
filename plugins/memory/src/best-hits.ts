import type { IdOrder } from './id-order.ts';

/** A document and its score. */
interface ScoredOrdinal {
  readonly ordinal: number;
  readonly score: number;
}

/** The best `limit` documents of those added: higher scores first, equal scores by id. */
export interface BestHits {
  /** A score below it cannot enter any more; one equal to it can, by its id. */
  readonly threshold: number;
  wants(ordinal: number, score: number): boolean;
  /** Only what it `wants`. */
  add(ordinal: number, score: number): void;
  sorted(): ScoredOrdinal[];
}

/** A binary heap with the worst hit on top. */
export function createBestHits({
  limit,
  minScore,
  idOrder,
}: {
  readonly limit: number;
  readonly minScore: number;
  readonly idOrder: Pick<IdOrder, 'isAfter'>;
}): BestHits {
  const ordinals: number[] = [];
  const scores: number[] = [];
  let threshold = minScore;

  function isWorse(ordinal: number, score: number, thanOrdinal: number, thanScore: number): boolean {
    if (score !== thanScore) return score < thanScore;
    return idOrder.isAfter(ordinal, thanOrdinal);
  }

  function place(index: number, ordinal: number, score: number): void {
    ordinals[index] = ordinal;
    scores[index] = score;
  }

  function siftUp(from: number, ordinal: number, score: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isWorse(ordinal, score, ordinals[parent] as number, scores[parent] as number)) break;
      place(index, ordinals[parent] as number, scores[parent] as number);
      index = parent;
    }
    place(index, ordinal, score);
  }

  /** Of the children of `index` the one that must stay nearer to the top. */
  function worseChild(index: number): number {
    const left = 2 * index + 1;
    const right = left + 1;
    if (right >= ordinals.length) return left;
    const rightIsWorse = isWorse(
      ordinals[right] as number,
      scores[right] as number,
      ordinals[left] as number,
      scores[left] as number,
    );
    return rightIsWorse ? right : left;
  }

  function replaceTop(ordinal: number, score: number): void {
    let index = 0;
    for (let child = worseChild(0); child < ordinals.length; child = worseChild(index)) {
      if (!isWorse(ordinals[child] as number, scores[child] as number, ordinal, score)) break;
      place(index, ordinals[child] as number, scores[child] as number);
      index = child;
    }
    place(index, ordinal, score);
  }

  return {
    get threshold() {
      return threshold;
    },
    wants(ordinal, score) {
      if (score > threshold) return true;
      if (score !== threshold) return false;
      return ordinals.length < limit || idOrder.isAfter(ordinals[0] as number, ordinal);
    },
    add(ordinal, score) {
      if (ordinals.length < limit) siftUp(ordinals.length, ordinal, score);
      else replaceTop(ordinal, score);
      if (ordinals.length === limit) threshold = scores[0] as number;
    },
    sorted() {
      return ordinals
        .map((ordinal, i) => ({ ordinal, score: scores[i] as number }))
        .sort((a, b) => (isWorse(a.ordinal, a.score, b.ordinal, b.score) ? 1 : -1));
    },
  };
}
