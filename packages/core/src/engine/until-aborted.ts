/**
 * Waits for `work`, but not beyond `signal`: once that aborts, rejects with its reason at once, whether or not the work
 * listens to it. What the work does after that is ignored, an error included.
 *
 * @example
 * ```ts
 * import { untilAborted } from '@aiwork/core/adapter-kit';
 *
 * const never = new Promise<string>(() => {});
 * await untilAborted(never, AbortSignal.abort('too late')).catch((reason) => console.log(reason)); // too late
 * ```
 * @since 0.1.0
 */
export async function untilAborted<T>(work: T | PromiseLike<T>, signal: AbortSignal): Promise<T> {
  const settled = Promise.resolve(work);
  // Also where the throw below leaves it behind.
  settled.catch(() => {});
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([settled, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}
