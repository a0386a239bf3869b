import { ClientError } from '../client-error.ts';
import type { Settings } from '../client-options.ts';
import { backOffMs, pause } from '../http/back-off.ts';

/** When to try again what goes on for as long as an execution does. */
export interface Reconnection {
  /** The server is there: it may be out of reach for the whole time again. */
  reached(): void;
  /** It gave something new: the next attempt may come soon. */
  progressed(): void;
  /**
   * Waits before the next attempt, longer each time.
   *
   * @throws `error` when another attempt does not help, or the server has been out of reach for too long.
   */
  wait(error?: unknown): Promise<void>;
}

export function reconnection({ maxOutageMs }: Settings, signal: AbortSignal): Reconnection {
  let attempt = 0;
  /** When it was first found to be out of reach: a request that it took may have waited for long by then. */
  let lostAt: number | undefined;
  const reached = () => {
    lostAt = undefined;
  };
  return {
    reached,
    progressed() {
      attempt = 0;
      reached();
    },
    async wait(error) {
      attempt += 1;
      let waitMs = backOffMs(attempt);
      if (error !== undefined) {
        if (signal.aborted || !ClientError.isInstance(error) || !error.retryable) throw error;
        waitMs = Math.max(waitMs, error.retryAfterMs ?? 0);
        lostAt ??= performance.now();
        if (performance.now() + waitMs > lostAt + maxOutageMs) throw error;
      }
      await pause(waitMs, signal);
    },
  };
}
