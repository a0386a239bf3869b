/** Work did not end in the time it was given. @internal */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
}

/** @internal */
export interface Deadline {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Runs `work` with a signal that aborts with the given one or when time is up, and waits no longer than that.
 *
 * @throws DeadlineExceeded when time is up; the signal's reason when it aborts.
 * @internal
 */
export async function withDeadline<T>(
  work: (signal: AbortSignal) => T | PromiseLike<T>,
  { timeoutMs, signal }: Deadline,
): Promise<T> {
  signal.throwIfAborted();
  const ended = new AbortController();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  // Should `work` throw before anybody waits, this must not count as unhandled.
  stopped.catch(() => {});
  const stop = (reason: unknown) => {
    ended.abort(reason);
    reject(reason);
  };
  const onAbort = () => stop(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => stop(new DeadlineExceeded(`took longer than ${timeoutMs} ms`)), timeoutMs);
  try {
    return await Promise.race([stopped, work(ended.signal)]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
