import { type Duration, toMilliseconds } from './duration.ts';
import { AiworkError } from './errors.ts';

/**
 * How failed attempts are repeated.
 *
 * The delay before attempt n + 1 is `minDelay` (`fixed`) or `minDelay * 2^(n-1)` (`exponential`), at most `maxDelay`;
 * with `jitter` it is drawn evenly between 0 and that ("full jitter": M. Brooker, "Exponential Backoff And Jitter", AWS
 * Architecture Blog, 2015). A longer `Retry-After` of the failing side wins.
 *
 * @since 0.1.0
 */
export interface Retry {
  /** Attempts in all, the first included: 1 or more. */
  readonly maxAttempts: number;
  /** Default `exponential`. */
  readonly backoff?: 'fixed' | 'exponential';
  /** Default `200ms`. */
  readonly minDelay?: Duration;
  /** Default `30s`. */
  readonly maxDelay?: Duration;
  /** Default `true`. */
  readonly jitter?: boolean;
  /** Which errors are worth another attempt. Default: timeouts, and all but an `AiworkError` that says `retryable: false`. */
  retryOn?(error: unknown): boolean;
}

/**
 * What a run or step may use up, its sub-flows included. Crossing a limit ends it with `AIWORK_BUDGET_EXCEEDED`.
 *
 * @since 0.1.0
 */
export interface Budget {
  /** Input and output tokens of all model calls together. */
  readonly tokens?: number;
  /** US dollars, as far as models report their cost. */
  readonly cost?: number;
  readonly modelCalls?: number;
  readonly toolCalls?: number;
  readonly wallTime?: Duration;
}

/** At most `limit` at once among all that share `key` in this process. Default key: the unit's or step's own. @since 0.1.0 */
export interface Concurrency {
  readonly limit: number;
  readonly key?: string;
}

/** At most `limit` starts in any `per`, among all that share `key` in this process. @since 0.1.0 */
export interface RateLimit {
  readonly limit: number;
  readonly per: Duration;
  readonly key?: string;
}

/**
 * How a unit or step is run. A step's policy replaces its unit's, field by field.
 *
 * @since 0.1.0
 */
export interface Policy {
  readonly retry?: Retry;
  /** For each attempt of a step; for a flow, for the whole run. */
  readonly timeout?: Duration;
  readonly budget?: Budget;
  /** Among steps that wait for a concurrency or rate limit, higher goes first. Default 0. */
  readonly priority?: number;
  readonly concurrency?: number | Concurrency;
  readonly rateLimit?: RateLimit;
}

const budgetFields = ['tokens', 'cost', 'modelCalls', 'toolCalls'] as const;

/** The policy among `options`, checked; `what` names its owner in errors. */
export function pickPolicy(options: Policy, what: string): Policy {
  const { retry, timeout, budget, priority, concurrency, rateLimit } = options;
  if (retry) {
    requireWhole(retry.maxAttempts, `retry.maxAttempts of ${what}`);
    if (retry.minDelay !== undefined) toMilliseconds(retry.minDelay, `retry.minDelay of ${what}`);
    if (retry.maxDelay !== undefined) toMilliseconds(retry.maxDelay, `retry.maxDelay of ${what}`);
  }
  if (timeout !== undefined) toMilliseconds(timeout, `timeout of ${what}`);
  if (budget) checkBudget(budget, what);
  if (priority !== undefined && !Number.isFinite(priority))
    invalid(`priority of ${what}`, priority, 'a finite number');
  if (typeof concurrency === 'number') requireWhole(concurrency, `concurrency of ${what}`);
  else if (concurrency) requireWhole(concurrency.limit, `concurrency.limit of ${what}`);
  if (rateLimit) {
    requireWhole(rateLimit.limit, `rateLimit.limit of ${what}`);
    if (toMilliseconds(rateLimit.per, `rateLimit.per of ${what}`) === 0) {
      invalid(`rateLimit.per of ${what}`, rateLimit.per, 'a duration longer than 0');
    }
  }
  return {
    ...(retry && { retry }),
    ...(timeout !== undefined && { timeout }),
    ...(budget && { budget }),
    ...(priority !== undefined && { priority }),
    ...(concurrency !== undefined && { concurrency }),
    ...(rateLimit && { rateLimit }),
  };
}

/** Refuses budgets with limits that are not limits. */
export function checkBudget(budget: Budget, what: string): void {
  for (const field of budgetFields) {
    const limit = budget[field];
    if (limit !== undefined && !(Number.isFinite(limit) && limit >= 0)) {
      invalid(`budget.${field} of ${what}`, limit, 'a number of 0 or more');
    }
  }
  if (budget.wallTime !== undefined) toMilliseconds(budget.wallTime, `budget.wallTime of ${what}`);
}

function requireWhole(value: number, what: string): void {
  if (!(Number.isInteger(value) && value >= 1)) invalid(what, value, 'a whole number of 1 or more');
}

function invalid(what: string, value: unknown, wanted: string): never {
  throw new AiworkError(
    'AIWORK_INVALID_ARGUMENT',
    `${what} is ${JSON.stringify(value) ?? String(value)}: give ${wanted}`,
  );
}
