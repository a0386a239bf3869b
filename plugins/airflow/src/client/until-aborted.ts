import { AiworkError } from '@aiwork/core';

/**
 * Waits for work that others wait for as well, but not beyond `signal`, which does not stop it.
 *
 * @throws `AIWORK_CANCELLED` with the reason of `signal`.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () =>
    reject(new AiworkError('AIWORK_CANCELLED', 'the call was cancelled', { cause: signal.reason }));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  // Where it is not waited for to its end.
  work.catch(() => {});
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
