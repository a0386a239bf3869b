import { AiworkError } from '@aiwork/core';

/** A declared limit was exceeded; the call had no effect. */
export function limitExceeded(message: string): AiworkError {
  return new AiworkError('AIWORK_LIMIT_EXCEEDED', message, { outcome: 'not-applied' });
}

export function cancelled(signal: AbortSignal): AiworkError {
  return new AiworkError('AIWORK_CANCELLED', 'the call was aborted before it had any effect', {
    cause: signal.reason,
    outcome: 'not-applied',
  });
}
