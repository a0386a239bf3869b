import { confidenceIn, countVotes } from '../answers/votes.ts';
import type { Candidate } from '../candidate.ts';
import type { Evaluator, Workspace } from '../strategy.ts';
import { type Contender, weigh } from './choose.ts';

/** How answers stand against each other. */
export interface Standing {
  /** The leader first; votes include those of the evaluator. */
  readonly contenders: readonly Contender[];
  /** How safe the lead is. */
  readonly confidence: number;
}

export interface StandingOptions {
  readonly evaluator: Evaluator;
  /** How many votes a score of 1 counts as. */
  readonly evaluatorVotes: number;
  /** From where on the votes settle it, and the evaluator is not asked. */
  readonly confidence: number;
  /** How it stood before: what was scored together then is not scored again. */
  readonly before?: Standing | undefined;
}

/** Counts votes, asks the evaluator where they do not settle it, and keeps the leader. */
export async function keepLeader(
  workspace: Workspace,
  found: readonly Candidate[],
  { evaluator, evaluatorVotes, confidence, before }: StandingOptions,
): Promise<Standing> {
  const camps = countVotes(found);
  const isSettled = confidenceIn(camps) >= confidence;
  const known = new Map(before?.contenders.map(({ key, score, why }) => [key, { score, why }]));
  const isKnown = camps.length === known.size && camps.every(({ key }) => known.has(key));
  const weighed: readonly Contender[] =
    isSettled || isKnown
      ? camps.map((camp) => ({
          ...camp,
          score: known.get(camp.key)?.score,
          why: `${camp.votes} of ${found.length} say so`,
        }))
      : await weigh(workspace, evaluator, found);
  const contenders = weighed
    .map((contender) => ({ ...contender, votes: contender.votes + evaluatorVotes * (contender.score ?? 0) }))
    .sort((a, b) => b.votes - a.votes);
  const [leader] = contenders;
  if (leader && workspace.kept?.key !== leader.key) workspace.keep(leader.candidate, leader.why);
  return {
    contenders,
    confidence: confidenceIn(contenders.map(({ votes }) => ({ votes: Math.round(votes) }))),
  };
}
