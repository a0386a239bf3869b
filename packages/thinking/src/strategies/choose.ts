import { type Camp, countVotes } from '../answers/votes.ts';
import type { Candidate } from '../candidate.ts';
import type { Evaluator, Workspace } from '../strategy.ts';

/** A camp with what speaks for it. */
export interface Contender extends Camp {
  /** Of the evaluator; `undefined` when it said nothing. */
  readonly score: number | undefined;
  readonly why: string;
}

/**
 * Has one candidate of each camp scored. What says the same is asked about once, and what nobody speaks against is not asked
 * about.
 */
export async function weigh(
  workspace: Workspace,
  evaluator: Evaluator,
  candidates: readonly Candidate[],
): Promise<readonly Contender[]> {
  const camps = countVotes(candidates);
  if (camps.length < 2)
    return camps.map((camp) => ({ ...camp, score: undefined, why: 'nothing else was said' }));
  const scores = await workspace.evaluate(
    evaluator,
    camps.map(({ candidate }) => candidate),
  );
  const byId = new Map(scores.map((score) => [score.id, score]));
  return camps.map((camp) => {
    const said = byId.get(camp.candidate.id);
    return { ...camp, score: said?.score, why: said?.why ?? `${camp.votes} of ${candidates.length} say so` };
  });
}

/** The contender with the best score; of equal ones, the one with more votes, then the one that came first. */
export function bestOfAll(contenders: readonly Contender[]): Contender | undefined {
  return contenders.toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0) || b.votes - a.votes)[0];
}
