import { AiworkError } from '@aiwork/core';

/** What every code of this package means. @since 0.1.0 */
export const resilienceErrorCodes = {
  AIWORK_CALL_TIMEOUT: 'A call took longer than its timeout or deadline.',
  AIWORK_BREAKER_OPEN: 'A circuit breaker lets no call through for now.',
  AIWORK_BULKHEAD_FULL: 'Too many calls are at work and waiting.',
  AIWORK_RATE_EXCEEDED: 'A call would have to wait too long for a rate limit.',
  AIWORK_ALL_FAILED: 'A call failed, and so did everything it could fall back to.',
} as const;

const refusals = new Set<string>([
  'AIWORK_BREAKER_OPEN',
  'AIWORK_BULKHEAD_FULL',
  'AIWORK_RATE_EXCEEDED',
  'AIWORK_LIMIT_EXCEEDED',
]);

/** Whether a layer refused the call before it was made: that says nothing of what would have been called. */
export function isRefusal(error: unknown): boolean {
  return AiworkError.isInstance(error) && refusals.has(error.code);
}

/** A call that was not made, because a layer did not let it. */
export function refusal(
  code: keyof typeof resilienceErrorCodes,
  message: string,
  retryAfterMs?: number,
): AiworkError {
  return new AiworkError(code, message, {
    retryable: true,
    outcome: 'not-applied',
    ...(retryAfterMs !== undefined && { retryAfterMs: Math.ceil(retryAfterMs) }),
  });
}
