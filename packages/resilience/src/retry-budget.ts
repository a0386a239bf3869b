import type { Duration } from '@aiwork/core';
import { shareOption, timeOption, wholeOption } from './options.ts';
import { rollingCounts } from './rolling-counts.ts';

/** @since 0.1.0 */
export interface RetryBudgetOptions {
  /** Further attempts allowed for each call, on average: 0 to 1. Default 0.2. */
  readonly ratio?: number;
  /** Further attempts that are always allowed in a window, so that few calls can be repeated, too. Default 10. */
  readonly minimum?: number;
  /** Default `10s`. */
  readonly window?: Duration;
}

/**
 * How many attempts calls may make on top of their first. Shared by layers, it bounds what retries and hedges of all of them
 * add to a provider that is in trouble.
 *
 * @since 0.1.0
 */
export interface RetryBudget {
  /** Counts a call. */
  deposit(now: number): void;
  /** Whether another attempt may be made, which is then counted. */
  withdraw(now: number): boolean;
}

/**
 * A budget of further attempts: of the calls in the last `window`, `ratio` of them, and `minimum`.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { retry, retryBudget } from '@aiwork/resilience';
 *
 * const budget = retryBudget({ ratio: 0.1 });
 * const [one, other] = [retry({ maxAttempts: 4, budget }), retry({ maxAttempts: 2, budget })];
 * ```
 * @since 0.1.0
 */
export function retryBudget(options: RetryBudgetOptions = {}): RetryBudget {
  const ratio = shareOption(options.ratio ?? 0.2, 'ratio of the retry budget');
  const minimum = wholeOption(options.minimum ?? 10, 'minimum of the retry budget', 0);
  const counts = rollingCounts<'call' | 'attempt'>(
    timeOption(options.window ?? '10s', 'window of the retry budget'),
  );
  return {
    deposit: (now) => counts.add('call', now),
    withdraw(now) {
      if (counts.total('attempt', now) >= minimum + ratio * counts.total('call', now)) return false;
      counts.add('attempt', now);
      return true;
    },
  };
}
