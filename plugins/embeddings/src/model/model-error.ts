import { AiworkError } from '@aiwork/core';

/** A file is missing, damaged or incomplete. */
export function unreadable(message: string, cause?: unknown): AiworkError {
  return new AiworkError('AIWORK_MODEL_UNREADABLE', message, { cause });
}

/** A model is whole, but of a kind that is not known here. */
export function unsupported(message: string): AiworkError {
  return new AiworkError('AIWORK_MODEL_UNSUPPORTED', message);
}
