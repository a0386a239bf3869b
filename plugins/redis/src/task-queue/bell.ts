/** What somebody waits for. */
export interface Bell {
  /** Wakes who waits, or else who waits next. */
  ring(): void;
  /** Until it rings, for at most so many milliseconds. */
  wait(timeoutMs: number): Promise<void>;
}

/** The longest time that timers can count. */
const longestMs = 0x7fffffff;

/** A bell for one who waits. */
export function createBell(): Bell {
  let rung = false;
  let wake = () => {};
  return {
    ring() {
      rung = true;
      wake();
    },
    async wait(timeoutMs) {
      if (!rung) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, Math.min(timeoutMs, longestMs));
        wake = resolve;
        await promise;
        clearTimeout(timer);
      }
      rung = false;
    },
  };
}
