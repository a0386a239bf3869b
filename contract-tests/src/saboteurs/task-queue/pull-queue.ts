import { createMemoryTaskQueue, type Job, type JobControl, type TaskQueue } from '@aiwork/core';

/** A job that a client took, by a token of that delivery. */
export interface Taken {
  readonly token: string;
  readonly job: Job;
}

/** What a service of queues does: clients ask it for jobs, and say what became of them. */
export interface PullQueue extends TaskQueue {
  take(queues: readonly string[], group: string): Promise<Taken | undefined>;
  extend(token: string): Promise<boolean>;
  end(token: string, how: 'settle' | 'give-back'): Promise<void>;
}

export const serviceLeaseMs = 200;

/** Timers of a service that is left behind keep no process alive. */
const clock = {
  now: Date.now,
  setTimer(delayMs: number, callback: () => void) {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

interface Held extends Taken {
  readonly control: JobControl;
  end(how: 'settle' | 'give-back'): void;
}

/** A queue in memory whose jobs are taken one by one. */
export function createPullQueue(): PullQueue {
  const queue = createMemoryTaskQueue({
    clock,
    leaseMs: serviceLeaseMs,
    maxDeliveries: Number.POSITIVE_INFINITY,
    maxRedeliveryMs: 20,
  });
  const offered = new Map<string, Held[]>();
  const held = new Map<string, Held>();
  const never = new AbortController();
  let tokens = 0;

  function offer(queues: readonly string[], group: string): Held[] {
    const name = JSON.stringify([queues, group]);
    const waiting = offered.get(name) ?? [];
    if (offered.has(name)) return waiting;
    offered.set(name, waiting);
    // A job that nobody takes is offered again when its lease is over.
    void queue.consume({ queues, group, concurrency: 1000, signal: never.signal }, (job, control) => {
      tokens += 1;
      const token = `${tokens}`;
      return new Promise<void>((resolve, reject) => {
        const forget = () => held.delete(token);
        control.signal.addEventListener('abort', () => {
          forget();
          resolve();
        });
        waiting.push({
          token,
          job,
          control,
          end(how) {
            forget();
            if (how === 'settle') resolve();
            else reject(new Error('given back'));
          },
        });
      });
    });
    return waiting;
  }

  return {
    ...queue,
    async take(queues, group) {
      const waiting = offer(queues, group);
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        if (next.control.signal.aborted) continue;
        held.set(next.token, next);
        await next.control.heartbeat();
        return { token: next.token, job: next.job };
      }
      return undefined;
    },
    async extend(token) {
      const delivery = held.get(token);
      await delivery?.control.heartbeat();
      return delivery !== undefined;
    },
    async end(token, how) {
      held.get(token)?.end(how);
    },
  };
}
