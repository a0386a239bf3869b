import { Violation } from './violation.ts';

/**
 * Waits for `work` until the deadline. What is still under way then is left behind; how it ends no longer matters.
 *
 * @throws Violation at the deadline, and the reason of `signal` once that is aborted.
 */
export async function bounded<T>(
  work: Promise<T>,
  what: string,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<T> {
  const ended = Promise.withResolvers<never>();
  const giveUp = () => ended.reject(signal?.reason);
  const timer = setTimeout(
    () => ended.reject(new Violation(`${what} within ${deadlineMs} ms`, 'a call that did not end')),
    deadlineMs,
  );
  signal?.addEventListener('abort', giveUp);
  try {
    return await Promise.race([work, ended.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}
