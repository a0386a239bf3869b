import { untilAborted } from '../engine/until-aborted.ts';
import { checkSignal } from './argument-checks.ts';

/**
 * What `work` comes to, for a call that has changed nothing yet: once its signal aborts, it rejects at once with
 * `AIWORK_CANCELLED`, whether or not the work listens to it. Others may wait for the same work.
 *
 * @example
 * ```ts
 * import { orCancelled } from '@aiwork/core/adapter-kit';
 *
 * const never = new Promise<string>(() => {});
 * const error = await orCancelled(never, AbortSignal.abort('too late')).catch((thrown) => thrown);
 * console.log(error.code, error.cause); // AIWORK_CANCELLED too late
 * ```
 * @since 0.1.0
 */
export async function orCancelled<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  try {
    return await untilAborted(work, signal);
  } catch (error) {
    checkSignal(signal);
    throw error;
  }
}
