import { toMilliseconds } from '../duration.ts';
import { AiworkError } from '../errors.ts';
import type { Retry } from '../policy.ts';

/** Whether an error is worth another attempt after `failures` failed ones. */
export function shouldRetry(retry: Retry | undefined, error: unknown, failures: number): boolean {
  if (!retry || failures >= retry.maxAttempts) return false;
  if (retry.retryOn) return retry.retryOn(error);
  return !AiworkError.isInstance(error) || error.retryable || error.code === 'AIWORK_STEP_TIMEOUT';
}

/**
 * Time to wait after the `failures`-th failure, in milliseconds: exponential with full jitter unless said otherwise, and
 * never less than what the failing side asked for.
 *
 * @example
 * ```ts
 * import { retryDelayMs } from '@aiwork/core/adapter-kit';
 *
 * console.log(retryDelayMs({ jitter: false }, 3, undefined)); // 800
 * ```
 * @since 0.1.0
 */
export function retryDelayMs(
  retry: Omit<Retry, 'maxAttempts' | 'retryOn'>,
  failures: number,
  retryAfterMs: number | undefined,
  random: () => number = Math.random,
): number {
  const minMs = toMilliseconds(retry.minDelay ?? 200);
  const maxMs = toMilliseconds(retry.maxDelay ?? 30_000);
  const factor = retry.backoff === 'fixed' ? 1 : 2 ** Math.min(failures - 1, 52);
  const ceiling = Math.min(maxMs, minMs * factor);
  const delay = retry.jitter === false ? ceiling : random() * ceiling;
  return Math.round(Math.max(delay, retryAfterMs ?? 0));
}
