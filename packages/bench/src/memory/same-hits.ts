import type { ExhaustiveScores } from './exhaustive.ts';

export interface Hit {
  readonly id: string;
  readonly score: number;
}

/** Scores are sums of floating-point numbers, which may be added in another order. */
const tolerance = 1e-6;

/**
 * Throws unless `hits` are the best ones: as many as there can be, each with its true score, and at each rank a score as
 * good as the true one. Documents of equal score may stand for each other.
 */
export function requireBest(query: string, hits: readonly Hit[], { best, scores }: ExhaustiveScores): void {
  const wrong = (what: string) => new Error(`query "${query}": ${what}`);
  if (hits.length !== best.length) throw wrong(`${hits.length} hits instead of ${best.length}`);
  if (new Set(hits.map(({ id }) => id)).size !== hits.length) throw wrong('a document is found twice');
  for (const [rank, { id, score }] of hits.entries()) {
    const own = scores.get(id) ?? Number.NaN;
    const due = best[rank] as number;
    if (!(Math.abs(score - own) <= tolerance)) throw wrong(`"${id}" has score ${score} instead of ${own}`);
    if (!(Math.abs(score - due) <= tolerance))
      throw wrong(`rank ${rank} has score ${score} instead of ${due}`);
  }
}
