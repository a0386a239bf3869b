import { judge } from '../evaluators/judge.ts';
import type { Evaluator, Strategy } from '../strategy.ts';
import { checkWholeNumbers } from './check-options.ts';
import { bestOfAll, weigh } from './choose.ts';

/** @since 0.1.0 */
export interface BestOfOptions {
  /** How many, at most 64. Default 4. */
  readonly alternatives?: number;
  /** Default: {@link judge}. */
  readonly evaluator?: Evaluator;
}

/**
 * Samples independently and keeps what the evaluator likes best. When all say the same, it is not asked.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option is out of its range.
 * @example
 * ```ts
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { bestOf, rule, think } from '@aiwork/thinking';
 *
 * const model = scriptedChatModel(['Answer: roses are red', 'Answer: an old silent pond']);
 * const short = rule('three words', ({ answer }) => answer.split(' ').length === 3);
 * const { answer } = await think('Name a flower in three words.', {
 *   model,
 *   strategy: bestOf({ alternatives: 2, evaluator: short }),
 * });
 * console.log(answer); // roses are red
 * ```
 * @since 0.1.0
 */
export function bestOf({ alternatives = 4, evaluator = judge() }: BestOfOptions = {}): Strategy {
  checkWholeNumbers('bestOf', { alternatives }, { min: 1 });
  return {
    name: 'best-of',
    async run(workspace) {
      const found = await workspace.propose(Array(alternatives).fill({ messages: workspace.messages }), {
        why: `the best of ${alternatives}`,
      });
      const [first] = found;
      if (!first) return 'finished';
      // Should the budget not reach for a verdict, the votes count.
      const contenders = await weigh(workspace, evaluator, found);
      const best = bestOfAll(contenders);
      if (best) workspace.keep(best.candidate, best.why);
      return contenders.length === 1 && found.length > 1 ? 'converged' : 'finished';
    },
  };
}
