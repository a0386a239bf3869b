import type { JobControl } from '@aiwork/core';
import { extendLease } from './end-job.ts';
import type { QueueCalls } from './queue-calls.ts';
import { type Delivery, lostJob } from './take-jobs.ts';

export interface HeldLease {
  readonly control: JobControl;
  /** Stops watching over it. */
  end(): void;
}

/**
 * Watches over the lease of a job that was asked for at `askedAt`, by `performance.now()`. The server began it later, so
 * it is over here before anybody else is given the job.
 */
export function holdLease(
  calls: QueueCalls,
  delivery: Delivery,
  askedAt: number,
  onLost: () => void,
): HeldLease {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let over = false;

  function end(): void {
    over = true;
    clearTimeout(timer);
  }

  function lose(): void {
    if (over) return;
    end();
    controller.abort(lostJob());
    onLost();
  }

  function begin(at: number): void {
    clearTimeout(timer);
    if (!over) timer = setTimeout(lose, at + calls.rules.leaseMs - performance.now());
  }

  begin(askedAt);
  return {
    control: {
      signal: controller.signal,
      async heartbeat() {
        controller.signal.throwIfAborted();
        const at = performance.now();
        const held = await extendLease(calls, delivery);
        if (held) begin(at);
        else lose();
        controller.signal.throwIfAborted();
      },
    },
    end,
  };
}
