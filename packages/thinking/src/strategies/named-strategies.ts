import type { Strategy } from '../strategy.ts';
import { adaptiveRefinement } from './adaptive-refinement.ts';
import { bestOf } from './best-of.ts';
import { debate } from './debate.ts';
import { judgedVote } from './judged-vote.ts';
import { refinement } from './refinement.ts';
import { sampling } from './sampling.ts';
import { selfConsistency } from './self-consistency.ts';
import { selfRefine } from './self-refine.ts';
import { treeOfThoughts } from './tree-of-thoughts.ts';

/**
 * The strategies of this package with their default options, by name: for what lets its users choose.
 *
 * @example
 * ```ts
 * import { namedStrategies } from '@aiwork/thinking';
 *
 * console.log(namedStrategies().map(({ name }) => name).slice(0, 2)); // [ 'judged-vote', 'self-consistency' ]
 * ```
 * @since 0.1.0
 */
export function namedStrategies(): readonly Strategy[] {
  return [
    judgedVote(),
    selfConsistency(),
    adaptiveRefinement(),
    bestOf(),
    refinement(),
    selfRefine(),
    treeOfThoughts(),
    debate(),
    sampling(),
  ];
}
