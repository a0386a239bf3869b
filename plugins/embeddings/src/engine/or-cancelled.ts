import { checkSignal, untilAborted } from '@aiwork/core/adapter-kit';

/** What `work` comes to, or `AIWORK_CANCELLED` as soon as the signal is aborted. */
export async function orCancelled<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  try {
    return await untilAborted(work, signal);
  } catch (error) {
    checkSignal(signal);
    throw error;
  }
}
