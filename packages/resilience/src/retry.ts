import { AiworkError, type Duration, type Retry, toMilliseconds, toRunError } from '@aiwork/core';
import { retryDelayMs } from '@aiwork/core/adapter-kit';
import type { ResilienceEventBody } from './event.ts';
import type { CallContext, Layer } from './layer.ts';
import { isRefusal } from './layer-error.ts';
import { open } from './opening.ts';
import { timeOption, wholeOption } from './options.ts';
import { type RetryBudget, retryBudget } from './retry-budget.ts';
import { wait } from './wait.ts';

/** @since 0.1.0 */
export interface RetryLayerOptions extends Omit<Retry, 'maxAttempts'> {
  /** Attempts in all, the first included: 1 or more. Default 3. */
  readonly maxAttempts?: number;
  /** Default: one of its own, as {@link retryBudget} makes it. */
  readonly budget?: RetryBudget;
  /** A `Retry-After` that is longer is not waited for: the call fails at once. Default `60s`. */
  readonly maxRetryAfter?: Duration;
}

/**
 * Calls again what failed before any of its answer was given; afterwards the failure is the caller's. Waits between attempts
 * with full jitter, at least as long as the other side asked for, and not at all where the deadline would pass meanwhile.
 *
 * By default worth another attempt: errors that say `retryable` and not `outcome: 'unknown'`, and errors of other families.
 * What a layer inside refused is not: its caller may have somebody else to ask.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { protectCall, retry } from '@aiwork/resilience';
 *
 * let asked = 0;
 * const flaky = async () => {
 *   asked += 1;
 *   if (asked < 3) throw new Error('not yet');
 *   return `after ${asked}`;
 * };
 * console.log(await protectCall(flaky, [retry({ maxAttempts: 4, minDelay: 1 })])()); // after 3
 * ```
 * @since 0.1.0
 */
export function retry(options: RetryLayerOptions = {}): Layer<'retry'> {
  const maxAttempts = wholeOption(options.maxAttempts ?? 3, 'maxAttempts of retry', 1);
  const maxRetryAfterMs = toMilliseconds(options.maxRetryAfter ?? '60s', 'maxRetryAfter of retry');
  if (options.minDelay !== undefined) toMilliseconds(options.minDelay, 'minDelay of retry');
  if (options.maxDelay !== undefined) timeOption(options.maxDelay, 'maxDelay of retry');
  const { budget = retryBudget(), retryOn = isWorthAnother } = options;

  /** How long to wait, or why there is no further attempt. */
  function decide(thrown: unknown, attempt: number, context: RetryMoment): ResilienceEventBody | undefined {
    if (attempt >= maxAttempts || !retryOn(thrown)) return undefined;
    const error = toRunError(thrown);
    const refused = (by: 'budget' | 'deadline' | 'retry-after') =>
      ({ type: 'retry.refused', by, attempt, error }) as const;
    if ((error.retryAfterMs ?? 0) > maxRetryAfterMs) return refused('retry-after');
    const now = context.clock.now();
    const delayMs = retryDelayMs(options, attempt, error.retryAfterMs, context.random);
    if (now + delayMs >= context.deadlineAt) return refused('deadline');
    if (!budget.withdraw(now)) return refused('budget');
    return { type: 'retry', attempt, delayMs, error };
  }

  return {
    kind: 'retry',
    wrap: (inner) =>
      async function* (input, context) {
        budget.deposit(context.clock.now());
        for (let attempt = 1; ; attempt += 1) {
          const opened = await open(inner, input, context).catch(async (error: unknown) => {
            context.signal.throwIfAborted();
            const decision = decide(error, attempt, context);
            if (decision) context.emit(decision);
            if (decision?.type !== 'retry') throw error;
            await wait(decision.delayMs, context.clock, context.signal);
          });
          if (opened) return yield* opened.flow();
        }
      },
  };
}

type RetryMoment = Pick<CallContext, 'clock' | 'random' | 'deadlineAt'>;

function isWorthAnother(error: unknown): boolean {
  if (!AiworkError.isInstance(error)) return true;
  return error.retryable && error.outcome !== 'unknown' && !isRefusal(error);
}
