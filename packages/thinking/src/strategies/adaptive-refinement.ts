import { judge } from '../evaluators/judge.ts';
import type { Draft, Evaluator, Strategy, Workspace } from '../strategy.ts';
import { checkShares, checkWholeNumbers } from './check-options.ts';
import { followUp, prompts } from './prompts.ts';
import { sampleUntilSafe } from './sample-until-safe.ts';
import { keepLeader, type Standing } from './standing.ts';

/** @since 0.1.0 */
export interface AdaptiveRefinementOptions {
  /** Most rounds after the first, at most 64. Default 2. */
  readonly rounds?: number;
  /** Most samples of the first round: it takes as many as the question is hard. Default 4. */
  readonly samples?: number;
  /** Most alternatives of a later round. Default 2. */
  readonly alternatives?: number;
  /** How safe the lead of an answer has to be, from 0 to 1. Default 0.9: three that agree at once are enough. */
  readonly confidence?: number;
  /** A round that adds less to the confidence is the last. Default 0.2. */
  readonly minGain?: number;
  /** Is asked only about answers that are contested. Default: {@link judge}. */
  readonly evaluator?: Evaluator;
  /** How many votes a score of 1 counts as. Default 3. */
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
  const { rounds = 2, samples = 4, alternatives = 2, evaluator = judge() } = options;
  const { confidence = 0.9, minGain = 0.2, evaluatorVotes = 3 } = options;
  checkWholeNumbers('adaptiveRefinement', { samples, alternatives }, { min: 1 });
  checkWholeNumbers('adaptiveRefinement', { rounds, evaluatorVotes }, { min: 0 });
  checkShares('adaptiveRefinement', { confidence, minGain });
  return {
    name: 'adaptive-refinement',
    async run(workspace) {
      let found = await sampleUntilSafe(workspace, { samples, confidence });
      let before: Standing | undefined;
      for (let round = 0; ; round += 1) {
        const standing = await keepLeader(workspace, found, {
          evaluator,
          evaluatorVotes,
          confidence,
          before,
        });
        if (standing.confidence >= confidence) return 'converged';
        if (before && standing.confidence - before.confidence < minGain) return 'converged';
        if (round === rounds || workspace.isSpent || standing.contenders.length === 0) return 'finished';
        before = standing;
        const more = await workspace.propose(settling(workspace, standing, alternatives), {
          why: `the lead is not safe (${Math.round(standing.confidence * 100)} %)`,
        });
        if (more.length === 0) return 'finished';
        found = [...found, ...more];
      }
    },
  };
}

/** The harder it is, the more alternatives: one when the lead is nearly safe, all when there is none. */
function settling(
  { messages }: Workspace,
  { contenders, confidence }: Standing,
  alternatives: number,
): readonly Draft[] {
  const contested = contenders.slice(0, 2).map(({ candidate }) => candidate);
  const [only] = contested;
  const prompt = contested.length === 1 && only ? prompts.refine(only) : prompts.settle(contested);
  const count = Math.max(1, Math.ceil(alternatives * Math.min(1, 2 * (1 - confidence))));
  return Array<Draft>(count).fill({ messages: followUp(messages, prompt), parents: contested });
}
