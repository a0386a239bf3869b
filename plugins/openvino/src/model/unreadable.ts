import { AiworkError } from '@aiwork/core';

/** A model that cannot be read (`AIWORK_MODEL_UNREADABLE`). */
export function unreadable(what: string, why: string, cause?: unknown): AiworkError {
  return new AiworkError('AIWORK_MODEL_UNREADABLE', `${what} cannot be read: ${why}`, {
    outcome: 'not-applied',
    cause,
  });
}
