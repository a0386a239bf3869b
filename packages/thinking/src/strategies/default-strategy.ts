import type { Strategy } from '../strategy.ts';
import { selfConsistency } from './self-consistency.ts';

/**
 * What {@link think} does when it is told no strategy.
 *
 * @since 0.1.0
 */
export function defaultStrategy(): Strategy {
  return selfConsistency();
}
