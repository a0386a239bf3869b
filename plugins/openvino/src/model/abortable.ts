import { AiworkError } from '@aiwork/core';
import { checkSignal, untilAborted } from '@aiwork/core/adapter-kit';

/** Lets a caller go at once when the signal aborts, while the engine ends what it has begun. */
export async function abortable<T>(
  signal: AbortSignal | undefined,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  checkSignal(signal);
  const done = work();
  if (signal === undefined) return done;
  try {
    return await untilAborted(done, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new AiworkError('AIWORK_CANCELLED', `${what} was aborted`, {
      cause: signal.reason,
      outcome: 'not-applied',
    });
  }
}
