import { ClientError } from '../client-error.ts';

/** How long something may take, and what ends it early. */
export interface Limits {
  /** Default: no limit. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** What is under way, for errors. */
  readonly what: string;
}

/** A signal that aborts with one of our errors: when the time is up, or the caller's signal does. */
export interface Limit {
  readonly signal: AbortSignal;
  /** The time counts no more; the caller's signal does. */
  lift(): void;
  /** Ends what still goes on under it. */
  end(): void;
}

/** @throws `AIWORK_CANCELLED` when the caller's signal has aborted already. */
export function limit({ timeoutMs, signal, what }: Limits): Limit {
  function given(outcome: 'not-applied' | 'unknown'): ClientError {
    const reason: unknown = signal?.reason;
    // What this is a part of was given up.
    if (ClientError.isInstance(reason)) return reason;
    return new ClientError('AIWORK_CANCELLED', `${what} was given up by its caller`, {
      cause: reason,
      outcome,
    });
  }
  if (signal?.aborted) throw given('not-applied');
  const controller = new AbortController();
  const stop = () => controller.abort(given('unknown'));
  const late = () => {
    const message = `${what} was not answered within ${timeoutMs} ms`;
    controller.abort(
      new ClientError('AIWORK_SERVER_UNAVAILABLE', message, { retryable: true, outcome: 'unknown' }),
    );
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
  signal?.addEventListener('abort', stop, { once: true });
  return {
    signal: controller.signal,
    lift: () => clearTimeout(timer),
    end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      controller.abort();
    },
  };
}

/**
 * Does `work` in bounded time, whether or not it listens to its signal.
 *
 * @throws `AIWORK_SERVER_UNAVAILABLE` when the time is up, `AIWORK_CANCELLED` when the caller's signal aborts.
 */
export async function within<T>(limits: Limits, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signal, end } = limit(limits);
  try {
    return await unlessAborted(signal, work(signal));
  } finally {
    end();
  }
}

/** What `work` comes to, unless `signal` aborts before, whether or not it listens to that. @throws the signal's reason. */
export function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  return Promise.race([aborted, work]);
}
