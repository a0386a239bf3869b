import type { Clock } from './clock.ts';

interface Waiter {
  readonly priority: number;
  readonly order: number;
  grant(): void;
}

/** Entry to places where only so many may be at once, or start in a time. Higher priority goes first, then who came first. */
export interface Limits {
  /** Waits for a place; the returned function gives it back. Rejects with the signal's reason. */
  enter(
    key: string,
    limit: number,
    priority: number,
    signal: AbortSignal,
  ): Promise<() => void> | (() => void);
  /** Waits until another start is allowed. Rejects with the signal's reason. */
  pace(
    key: string,
    limit: number,
    perMs: number,
    priority: number,
    signal: AbortSignal,
  ): Promise<void> | undefined;
}

/** Limits of one process. */
export function createLimits(clock: Clock): Limits {
  const places = new Map<string, { taken: number; readonly waiting: Waiter[] }>();
  const rates = new Map<
    string,
    { readonly starts: number[]; readonly waiting: Waiter[]; timer?: () => void }
  >();
  let order = 0;

  return {
    enter(key, limit, priority, signal) {
      let place = places.get(key);
      if (!place) {
        place = { taken: 0, waiting: [] };
        places.set(key, place);
      }
      const here = place;
      const leave = once(() => {
        const next = here.waiting.shift();
        if (next) return next.grant();
        here.taken -= 1;
        if (here.taken === 0) places.delete(key);
      });
      if (here.taken < limit) {
        here.taken += 1;
        return leave;
      }
      return queue(here.waiting, priority, order++, signal).then(() => leave);
    },

    pace(key, limit, perMs, priority, signal) {
      let rate = rates.get(key);
      if (!rate) {
        rate = { starts: [], waiting: [] };
        rates.set(key, rate);
      }
      const here = rate;
      const free = () => {
        const now = clock.now();
        // A clock that was set back must not keep everybody waiting until it is where it was.
        for (let i = here.starts.length - 1; i >= 0 && (here.starts[i] as number) > now; i -= 1)
          here.starts[i] = now;
        while (here.starts.length > 0 && (here.starts[0] as number) <= now - perMs) here.starts.shift();
        return here.starts.length < limit;
      };
      const serve = () => {
        delete here.timer;
        while (here.waiting.length > 0 && free()) {
          here.starts.push(clock.now());
          (here.waiting.shift() as Waiter).grant();
        }
        if (here.waiting.length > 0) arm();
      };
      const arm = () => {
        here.timer ??= clock.setTimer(Math.max(1, (here.starts[0] as number) + perMs - clock.now()), serve);
      };
      if (signal.aborted) return Promise.reject(signal.reason);
      if (here.waiting.length === 0 && free()) {
        here.starts.push(clock.now());
        return undefined;
      }
      const waiting = queue(here.waiting, priority, order++, signal, () => {
        if (here.waiting.length > 0) return;
        here.timer?.();
        delete here.timer;
      });
      arm();
      return waiting;
    },
  };
}

function queue(
  waiting: Waiter[],
  priority: number,
  order: number,
  signal: AbortSignal,
  onLeave?: () => void,
): Promise<void> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const waiter: Waiter = {
      priority,
      order,
      grant() {
        signal.removeEventListener('abort', give);
        resolve();
      },
    };
    const give = () => {
      waiting.splice(waiting.indexOf(waiter), 1);
      onLeave?.();
      reject(signal.reason);
    };
    signal.addEventListener('abort', give, { once: true });
    let low = 0;
    for (let high = waiting.length; low < high; ) {
      const middle = (low + high) >>> 1;
      const other = waiting[middle] as Waiter;
      if (other.priority < priority) high = middle;
      else low = middle + 1;
    }
    waiting.splice(low, 0, waiter);
  });
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
