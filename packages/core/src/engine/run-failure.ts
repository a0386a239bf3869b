import { AiworkError } from '../errors.ts';
import { toRunError } from '../run-error.ts';

/** What `result()` rejects with when a step's failure ends the run: names the step, keeps code and cause. */
export function runFailure(stepId: string, thrown: unknown, attempts: number): AiworkError {
  if (AiworkError.isInstance(thrown) && !isRebuilt(thrown)) {
    if (thrown.stepId !== undefined) return thrown;
    return new AiworkError(thrown.code, `step "${stepId}" failed: ${thrown.message}`, {
      cause: thrown,
      retryable: thrown.retryable,
      stepId,
    });
  }
  const { message } = toRunError(thrown);
  const tries = attempts > 1 ? ` after ${attempts} attempts` : '';
  return new AiworkError('AIWORK_STEP_FAILED', `step "${stepId}" failed${tries}: ${message}`, {
    cause: thrown,
    retryable: true,
    stepId,
  });
}

/** What a step's code threw, as it comes back from the journal. */
const isRebuilt = ({ code, name }: AiworkError) => code === 'AIWORK_STEP_FAILED' && name !== 'AiworkError';

/** Why a finished run takes no signal. */
export function finishedError(runId: string, status: string): AiworkError {
  return new AiworkError(
    'AIWORK_RUN_FINISHED',
    `run "${runId}" ${status === 'cancelled' ? 'was' : 'has'} ${status}: it takes no more signals`,
  );
}

export function runTimedOut(runId: string, timeoutMs: number): AiworkError {
  return new AiworkError(
    'AIWORK_RUN_TIMEOUT',
    `run "${runId}" took longer than its timeout of ${timeoutMs} ms`,
  );
}

export function wallTimeUsedUp(runId: string, wallTimeMs: number): AiworkError {
  return new AiworkError(
    'AIWORK_BUDGET_EXCEEDED',
    `run "${runId}" used up its budget: wallTime of ${wallTimeMs} ms`,
  );
}

export function cancelled(reason: string): AiworkError {
  return new AiworkError('AIWORK_CANCELLED', reason);
}

/** The reason an abort signal was given, as text. */
export function reasonText(reason: unknown): string {
  if (typeof reason === 'string') return reason;
  return reason instanceof Error ? toRunError(reason).message : 'no reason given';
}
