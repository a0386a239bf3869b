import { AiworkError } from '@aiwork/core';
import { Violation } from '../engine/violation.ts';

/** An error for somebody who has to find its cause: ours by what they say, others with where they come from. */
export function describeError(error: unknown): string {
  if (AiworkError.isInstance(error)) return `${error.message} (${error.code})`;
  if (error instanceof Violation) return error.message;
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\n  caused by ${describeError(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
