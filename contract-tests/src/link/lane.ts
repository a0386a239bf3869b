import type { Socket } from 'node:net';
import type { Conditions } from './conditions.ts';

/** One direction of a connection. */
export interface Lane {
  /** Goes on under conditions that have changed. */
  move(): void;
  /** Forgets what is on its way. */
  stop(): void;
}

interface LaneParts {
  readonly from: Socket;
  readonly to: Socket;
  readonly conditions: Conditions;
  /** Called with what arrived; `false` when it must not go on. */
  arrived(): boolean;
  /** Called when something goes out. */
  sent(): void;
}

/** Leads what `from` says to `to`, in order, as the conditions allow. */
export function openLane({ from, to, conditions, arrived, sent }: LaneParts): Lane {
  /** Without a chunk: the end. */
  const underWay: { readonly chunk?: Buffer; readonly due: number }[] = [];
  let full = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  function take(chunk?: Buffer): void {
    if (!arrived()) return;
    underWay.push({ ...(chunk && { chunk }), due: performance.now() + conditions.delayMs });
    move();
  }

  function move(): void {
    clearTimeout(timer);
    while (!stopped && !full && !conditions.held) {
      const [next] = underWay;
      if (!next) break;
      // A delay that was lifted holds nothing back any more.
      const waitMs = Math.min(next.due - performance.now(), conditions.delayMs);
      if (waitMs > 0) {
        timer = setTimeout(move, Math.ceil(waitMs));
        break;
      }
      underWay.shift();
      send(next.chunk);
    }
    if (full || conditions.held) from.pause();
    else from.resume();
  }

  function send(chunk: Buffer | undefined): void {
    sent();
    if (chunk) full = !to.write(chunk);
    else to.end();
  }

  from.on('data', take);
  from.on('end', () => take());
  to.on('drain', () => {
    full = false;
    move();
  });
  return {
    move,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
