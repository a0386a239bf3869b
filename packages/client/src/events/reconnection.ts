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
        const now = performance.now();
        lostAt ??= now;
        const leftMs = lostAt + maxOutageMs - now;
        const leastMs = error.retryAfterMs ?? 0;
        if (leftMs <= 0 || leastMs > leftMs) throw error;
        // However long the next wait would be, the end of the time that is left is worth an attempt.
        waitMs = Math.min(Math.max(waitMs, leastMs), leftMs);
      }
      await pause(Math.ceil(waitMs), signal);
    },
  };
}
