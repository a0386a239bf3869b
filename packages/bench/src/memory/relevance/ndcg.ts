/**
 * How well a ranking does beside the best there could be, from 0 to 1: what is relevant counts the less the later it comes, by
 * the logarithm of its rank. After Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques (2002), where a
 * document is relevant or it is not.
 */
export function ndcg(ranked: readonly string[], relevant: ReadonlySet<string>, depth: number): number {
  const gainAt = (rank: number) => 1 / Math.log2(rank + 1);
  let gain = 0;
  let best = 0;
  for (let rank = 1; rank <= depth; rank += 1) {
    const id = ranked[rank - 1];
    if (id !== undefined && relevant.has(id)) gain += gainAt(rank);
    if (rank <= relevant.size) best += gainAt(rank);
  }
  return best === 0 ? 0 : gain / best;
}
