import { ClientError } from './client-error.ts';
import type { Execution } from './execution.ts';

/**
 * What an execution that is over gave.
 *
 * @throws what it failed with.
 */
export function outputOf<Output>(execution: Execution): Output {
  const { executionId, status, output, error } = execution;
  // The types of a unit say what its server gives.
  if (status === 'succeeded') return output as Output;
  const { code, step, retryable = false } = error ?? {};
  const unnamed = status === 'cancelled' ? 'AIWORK_CANCELLED' : 'AIWORK_STEP_FAILED';
  throw new ClientError(
    isCode(code) ? code : unnamed,
    error?.message ?? `execution "${executionId}" was ${status}`,
    { execution, retryable, ...(step !== undefined && { stepId: step }) },
  );
}

const isCode = (code: string | undefined): code is `AIWORK_${string}` => code?.startsWith('AIWORK_') === true;
