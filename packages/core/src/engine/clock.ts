/**
 * Time, as the engine sees it. Tests give a virtual one.
 *
 * @since 0.1.0
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `callback` after `delayMs`; the returned function takes it back. */
  setTimer(delayMs: number, callback: () => void): () => void;
}

// setTimeout fires at once when given more.
const maxDelayMs = 2 ** 31 - 1;

/** The machine's clock. Long timers are made of several. @since 0.1.0 */
export const systemClock: Clock = {
  now: Date.now,
  setTimer(delayMs, callback) {
    let left = delayMs;
    let timer: NodeJS.Timeout;
    const arm = () => {
      const part = Math.min(left, maxDelayMs);
      left -= part;
      timer = setTimeout(left > 0 ? arm : callback, part);
    };
    arm();
    return () => clearTimeout(timer);
  },
};
