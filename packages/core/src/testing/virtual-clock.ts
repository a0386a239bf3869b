import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../engine/clock.ts';

/** @since 0.1.0 */
export interface VirtualClockOptions {
  /** The time at the start, in milliseconds since the Unix epoch. Default: the first second of 2030. */
  readonly startAt?: number;
  /**
   * Fire the next timer as soon as no promise or immediate has anything left to do: nothing ever waits, and hours pass in
   * milliseconds. Default `false`: time passes only with `advance` and `runAll`.
   */
  readonly auto?: boolean;
  /**
   * With `auto`: real time, in milliseconds, that work outside of JavaScript (files, sockets, child processes) is given
   * before a timer fires, since nobody can see from here whether there is any. Default 0: none.
   */
  readonly patienceMs?: number;
}

/** Time that passes when a test says so. @since 0.1.0 */
export interface VirtualClock extends Clock {
  /** Timers that have not fired. */
  readonly pending: number;
  /**
   * Lets time pass: fires what falls due in order, each at its own time, and lets the code each one wakes come to rest
   * before the next, so that timers it sets are kept in order too.
   */
  advance(ms: number): Promise<void>;
  /** Fires timers until there are none, at most `limit` (default 10,000) of them. @throws `RangeError` beyond that. */
  runAll(limit?: number): Promise<void>;
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/**
 * A clock for tests: give it to an orchestrator, and waiting takes no time.
 *
 * @example
 * ```ts
 * import { virtualClock } from '@aiwork/core/testing';
 *
 * const clock = virtualClock();
 * clock.setTimer(60_000, () => console.log('a minute later'));
 * await clock.advance(59_999);
 * await clock.advance(1); // a minute later
 * ```
 * @since 0.1.0
 */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const { startAt = Date.UTC(2030, 0, 1), auto = false, patienceMs = 0 } = options;
  /** In the order they fire. */
  const timers: Timer[] = [];
  let time = startAt;
  let firing = false;

  function add(timer: Timer): void {
    let place = timers.length;
    while (place > 0 && (timers[place - 1] as Timer).at > timer.at) place -= 1;
    timers.splice(place, 0, timer);
  }

  function fireNext(): void {
    const timer = timers.shift();
    if (!timer) return;
    time = Math.max(time, timer.at);
    timer.callback();
  }

  async function fireWhenIdle(): Promise<void> {
    firing = true;
    try {
      while (timers.length > 0) {
        await untilIdle();
        if (patienceMs > 0) {
          await sleep(patienceMs);
          await untilIdle();
        }
        fireNext();
      }
    } finally {
      firing = false;
    }
  }

  return {
    now: () => time,
    get pending() {
      return timers.length;
    },
    setTimer(delayMs, callback) {
      const timer = { at: time + Math.max(0, delayMs), callback };
      add(timer);
      // A callback that throws is an uncaught error, as it is with the machine's own timers.
      if (auto && !firing) void fireWhenIdle();
      return () => {
        const place = timers.indexOf(timer);
        if (place >= 0) timers.splice(place, 1);
      };
    },
    async advance(ms) {
      const target = time + ms;
      await untilIdle();
      while ((timers[0]?.at ?? Number.POSITIVE_INFINITY) <= target) {
        fireNext();
        await untilIdle();
      }
      time = Math.max(time, target);
    },
    async runAll(limit = 10_000) {
      await untilIdle();
      for (let fired = 0; timers.length > 0; fired += 1) {
        if (fired === limit) {
          throw new RangeError(
            `${limit} timers fired and more are set: something sets one whenever one fires`,
          );
        }
        fireNext();
        await untilIdle();
      }
    },
  };
}

// A stage of the event loop may start what only the next one sees.
const quietTurns = 3;

/** Resolves when promises have come to rest. */
async function untilIdle(): Promise<void> {
  for (let turn = 0; turn < quietTurns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
