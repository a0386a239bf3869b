import { AiworkError } from '../errors.ts';

const fatalCodes = new Set<string>([
  'AIWORK_CANCELLED',
  'AIWORK_BUDGET_EXCEEDED',
  'AIWORK_LEASE_LOST',
  'AIWORK_RUN_TIMEOUT',
]);

/** Whether an error of a tool ends the work around it, and is not for a model to deal with. */
export function isFatal(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || (AiworkError.isInstance(error) && fatalCodes.has(error.code));
}
