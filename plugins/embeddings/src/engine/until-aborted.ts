import { AiworkError } from '@aiwork/core';

/**
 * What `work` comes to, or as soon as the signal is aborted `AIWORK_CANCELLED` with its reason as the cause. Leaves no
 * listener on the signal.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () =>
    reject(
      new AiworkError('AIWORK_CANCELLED', 'the texts were not embedded, because the call was aborted', {
        cause: signal.reason,
        outcome: 'not-applied',
      }),
    );
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Whichever came second is nobody's any more.
    work.catch(() => {});
  }
}
