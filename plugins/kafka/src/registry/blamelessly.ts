import { AiworkError } from '@aiwork/core';

/**
 * What this process was given and cannot work with is no fault of a task, which therefore waits until that is mended:
 * whatever `work` throws that is not ours is retryable.
 */
export async function blamelessly<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (AiworkError.isInstance(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AiworkError('AIWORK_INVALID_ARGUMENT', `${what} cannot be used: ${why}`, {
      cause,
      retryable: true,
    });
  }
}
