import { invalidArgument, shown } from '@aiwork/core/adapter-kit';

/**
 * How two lists of hits become one.
 *
 * - `rrf` (default): reciprocal rank fusion [1], the sum of `1/(k + rank)` over the lists a document is in; `k` (default 60)
 *   is how little the first ranks stand out.
 * - `weighted`: the sum of the scores, each divided by the best of its list, those of words times `text` (0 to 1, default
 *   0.5), those of vectors times `1 − text`.
 *
 * [1] Cormack, Clarke, Büttcher: Reciprocal rank fusion outperforms Condorcet and individual rank learning methods (2009).
 *
 * @since 0.1.0
 */
export type FusionOptions =
  | { readonly kind: 'rrf'; readonly k?: number }
  | { readonly kind: 'weighted'; readonly text?: number };

export interface Scored {
  readonly id: string;
  readonly score: number;
}

/** Gives the documents of both lists, best first, equal scores by id. */
export type Fusion = (byText: readonly Scored[], byVector: readonly Scored[]) => Scored[];

type ShareOf = (hit: Scored, rank: number, best: Scored) => number;

export function createFusion(options: FusionOptions = { kind: 'rrf' }): Fusion {
  if (options.kind === 'rrf') {
    const { k = 60 } = options;
    if (!Number.isFinite(k) || k < 0)
      throw invalidArgument(`vectors.fusion.k is ${shown(k)}: use a number of 0 or more`);
    const share: ShareOf = (_, rank) => 1 / (k + rank);
    return sumOf(share, share);
  }
  if (options.kind !== 'weighted')
    throw invalidArgument(
      `vectors.fusion.kind is ${shown((options as { kind?: unknown }).kind)}: use 'rrf' or 'weighted'`,
    );
  const { text = 0.5 } = options;
  if (!(text >= 0 && text <= 1))
    throw invalidArgument(`vectors.fusion.text is ${shown(text)}: use a number from 0 to 1`);
  const relative =
    (weight: number): ShareOf =>
    ({ score }, _, best) =>
      // A list whose best is not above 0 says nothing for any of its documents.
      best.score > 0 ? (weight * score) / best.score : 0;
  return sumOf(relative(text), relative(1 - text));
}

function sumOf(ofText: ShareOf, ofVector: ShareOf): Fusion {
  return (byText, byVector) => {
    const scores = new Map<string, number>();
    const add = (hits: readonly Scored[], share: ShareOf) => {
      for (const [i, hit] of hits.entries())
        scores.set(hit.id, (scores.get(hit.id) ?? 0) + share(hit, i + 1, hits[0] as Scored));
    };
    add(byText, ofText);
    add(byVector, ofVector);
    return [...scores].map(([id, score]) => ({ id, score })).sort(bestFirst);
  };
}

/** Higher scores first, equal ones by id (code units). */
export const bestFirst = (a: Scored, b: Scored): number => b.score - a.score || (a.id < b.id ? -1 : 1);
