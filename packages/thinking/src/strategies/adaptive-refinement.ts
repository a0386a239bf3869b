import { confidenceIn, countVotes } from '../answers/votes.ts';
import type { Candidate } from '../candidate.ts';
import { judge } from '../evaluators/judge.ts';
import type { Draft, Evaluator, Strategy, Workspace } from '../strategy.ts';
import { checkShares, checkWholeNumbers } from './check-options.ts';
import { type Contender, weigh } from './choose.ts';
import { followUp, prompts } from './prompts.ts';
import { sampleUntilSafe } from './sample-until-safe.ts';

/** @since 0.1.0 */
export interface AdaptiveRefinementOptions {
  /** Most rounds after the first, at most 64. Default 2. */
  readonly rounds?: number;
  /** Most samples of the first round: it takes as many as the question is hard. Default 6. */
  readonly samples?: number;
  /** Most alternatives of a later round. Default 3. */
  readonly alternatives?: number;
  /** How safe the lead of an answer has to be, from 0 to 1. Default 0.9: three that agree are enough. */
  readonly confidence?: number;
  /** A round that adds less to the confidence is the last. Default 0.02. */
  readonly minGain?: number;
  /** Is asked only about answers that are contested. Default: {@link judge}. */
  readonly evaluator?: Evaluator;
  /** How many votes a score of 1 counts as. Default 2. */
  readonly evaluatorVotes?: number;
}

/**
 * Refinement that takes as much as the question asks for. Samples that agree at once end it; where they do not, more are
 * drawn, what is contested is judged, and later rounds are shown the contested answers to settle which is right. It ends
 * when an answer leads safely, when a round gained next to nothing, or with the last round.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option is out of its range.
 * @example
 * ```ts
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { adaptiveRefinement, think } from '@aiwork/thinking';
 *
 * const easy = scriptedChatModel(['Answer: 4', 'So: 4.\nAnswer: 4', 'Answer: 4']);
 * const { answer, stopped, usage } = await think('2 + 2?', { model: easy, strategy: adaptiveRefinement() });
 * console.log(answer, stopped, usage.modelCalls); // 4 converged 3
 * ```
 * @since 0.1.0
 */
export function adaptiveRefinement(options: AdaptiveRefinementOptions = {}): Strategy {
  const { rounds = 2, samples = 6, alternatives = 3, evaluator = judge() } = options;
  const { confidence = 0.9, minGain = 0.02, evaluatorVotes = 2 } = options;
  checkWholeNumbers('adaptiveRefinement', { samples, alternatives }, { min: 1 });
  checkWholeNumbers('adaptiveRefinement', { rounds, evaluatorVotes }, { min: 0 });
  checkShares('adaptiveRefinement', { confidence, minGain });
  const bench = { evaluator, evaluatorVotes };
  return {
    name: 'adaptive-refinement',
    async run(workspace) {
      let found = await sampleUntilSafe(workspace, { samples, confidence });
      let before = 0;
      for (let round = 0; ; round += 1) {
        const standing = await keepLeader(workspace, found, { ...bench, confidence });
        if (standing.confidence >= confidence) return 'converged';
        if (round > 0 && standing.confidence - before < minGain) return 'converged';
        if (round === rounds || workspace.isSpent || standing.contenders.length === 0) return 'finished';
        before = standing.confidence;
        const more = await workspace.propose(settling(workspace, standing, alternatives), {
          why: `the lead is not safe (${Math.round(before * 100)} %)`,
        });
        if (more.length === 0) return 'finished';
        found = [...found, ...more];
      }
    },
  };
}

interface Standing {
  readonly contenders: readonly Contender[];
  readonly confidence: number;
}

/** Counts votes, and asks the evaluator where they do not settle it. */
async function keepLeader(
  workspace: Workspace,
  found: readonly Candidate[],
  {
    evaluator,
    evaluatorVotes,
    confidence,
  }: { readonly evaluator: Evaluator; readonly evaluatorVotes: number; readonly confidence: number },
): Promise<Standing> {
  const camps = countVotes(found);
  const isSettled = confidenceIn(camps) >= confidence;
  const weighed: readonly Contender[] = isSettled
    ? camps.map((camp) => ({ ...camp, score: undefined, why: `${camp.votes} of ${found.length} say so` }))
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

/** The harder it is, the more alternatives: one when the lead is nearly safe, all when there is none. */
function settling(
  { messages }: Workspace,
  { contenders, confidence }: Standing,
  alternatives: number,
): readonly Draft[] {
  const contested = contenders.slice(0, 3).map(({ candidate }) => candidate);
  const [only] = contested;
  const prompt = contested.length === 1 && only ? prompts.refine(only) : prompts.settle(contested);
  const count = Math.max(1, Math.ceil(alternatives * Math.min(1, 2 * (1 - confidence))));
  return Array<Draft>(count).fill({ messages: followUp(messages, prompt), parents: contested });
}
