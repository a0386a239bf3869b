import { judge } from '../evaluators/judge.ts';
import type { Evaluator, Strategy } from '../strategy.ts';
import { checkShares, checkWholeNumbers } from './check-options.ts';
import { sampleUntilSafe } from './sample-until-safe.ts';
import { keepLeader } from './standing.ts';

/** @since 0.1.0 */
export interface JudgedVoteOptions {
  /** Most samples, at most 64. Default 6. */
  readonly samples?: number;
  /** How safe the lead of an answer has to be, from 0 to 1. Default 0.85: two that agree at once are enough. */
  readonly confidence?: number;
  /** Is asked only where the vote is not safe. Default: {@link judge}. */
  readonly evaluator?: Evaluator;
  /** How many votes a score of 1 counts as. Default 3. */
  readonly evaluatorVotes?: number;
}

/**
 * A vote of as many samples as it takes to be safe; what is still contested then is judged, and the verdict counts as some
 * votes. An easy question takes two calls.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option is out of its range.
 * @example
 * ```ts
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { judgedVote, think } from '@aiwork/thinking';
 *
 * const model = scriptedChatModel(['Answer: 4', 'Answer: 4']);
 * const { answer, stopped, usage } = await think('2 + 2?', { model, strategy: judgedVote() });
 * console.log(answer, stopped, usage.modelCalls); // 4 converged 2
 * ```
 * @since 0.1.0
 */
export function judgedVote(options: JudgedVoteOptions = {}): Strategy {
  const { samples = 6, confidence = 0.85, evaluator = judge(), evaluatorVotes = 3 } = options;
  checkWholeNumbers('judgedVote', { samples }, { min: 1 });
  checkWholeNumbers('judgedVote', { evaluatorVotes }, { min: 0 });
  checkShares('judgedVote', { confidence });
  return {
    name: 'judged-vote',
    async run(workspace) {
      const found = await sampleUntilSafe(workspace, { samples, confidence });
      const standing = await keepLeader(workspace, found, { evaluator, evaluatorVotes, confidence });
      return standing.confidence >= confidence ? 'converged' : 'finished';
    },
  };
}
