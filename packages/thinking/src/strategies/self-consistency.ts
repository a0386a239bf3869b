import { confidenceIn, countVotes } from '../answers/votes.ts';
import type { Strategy } from '../strategy.ts';
import { checkShares, checkWholeNumbers } from './check-options.ts';
import { sampleUntilSafe } from './sample-until-safe.ts';

/** @since 0.1.0 */
export interface SelfConsistencyOptions {
  /** Most samples, at most 64. Default 8. */
  readonly samples?: number;
  /**
   * How safe the lead of an answer has to be for no more to be drawn, from 0 to 1: the probability that it would also lead
   * with any number of samples. At 1 all are drawn at once. Default 0.95: four that agree are enough.
   */
  readonly confidence?: number;
}

/**
 * Samples independently and keeps what most of them say (Wang et al., "Self-Consistency Improves Chain of Thought Reasoning
 * in Language Models", 2022), drawing no more than the vote needs (Aggarwal et al., "Let's Sample Step by Step", 2023).
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option is out of its range.
 * @example
 * ```ts
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { selfConsistency, think } from '@aiwork/thinking';
 *
 * const model = scriptedChatModel(['Answer: 4', 'Answer: 5', 'Answer: 4', 'Answer: 4', 'Answer: 4', 'Answer: 4', 'Answer: 4']);
 * const { answer, stopped } = await think('2 + 2?', { model, strategy: selfConsistency() });
 * console.log(answer, stopped, model.remaining); // 4 converged 0
 * ```
 * @since 0.1.0
 */
export function selfConsistency({ samples = 8, confidence = 0.95 }: SelfConsistencyOptions = {}): Strategy {
  checkWholeNumbers('selfConsistency', { samples }, { min: 1 });
  checkShares('selfConsistency', { confidence });
  return {
    name: 'self-consistency',
    async run(workspace) {
      const found = await sampleUntilSafe(workspace, { samples, confidence });
      const camps = countVotes(found);
      const [most] = camps;
      if (!most) return 'finished';
      workspace.keep(most.candidate, `${most.votes} of ${found.length} say so`);
      return confidenceIn(camps) >= confidence ? 'converged' : 'finished';
    },
  };
}
