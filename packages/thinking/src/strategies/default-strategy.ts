import type { Strategy } from '../strategy.ts';
import { judgedVote } from './judged-vote.ts';

/**
 * What `think` does when it is told no strategy: {@link judgedVote}, the cheapest of those measured (`bench:thinking`) that is
 * more often right than plain sampling, and no less often than self-consistency and best-of-N at the same tokens.
 *
 * @example
 * ```ts
 * import { defaultStrategy } from '@aiwork/thinking';
 *
 * console.log(defaultStrategy().name); // judged-vote
 * ```
 * @since 0.1.0
 */
export function defaultStrategy(): Strategy {
  return judgedVote();
}
