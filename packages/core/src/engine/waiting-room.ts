/** Where what cannot go on by itself waits: for a time, or for a delivery from outside. */
export interface WaitingRoom {
  /** Waits; `wakeAt` is when it has to be looked at again, if a time is known. */
  parked<T>(wakeAt: number | undefined, wait: () => Promise<T>): Promise<T>;
  /** Resolves at the next delivery to the step; rejects with the signal's reason. */
  delivered(stepId: string, signal: AbortSignal): Promise<void>;
  wake(stepId: string): void;
  readonly isEmpty: boolean;
  /** The earliest time anything here has to be looked at, or infinity. */
  earliest(): number;
}

export function createWaitingRoom(): WaitingRoom {
  const parked = new Set<{ readonly wakeAt: number | undefined }>();
  const waiters = new Map<string, Set<() => void>>();

  return {
    async parked(wakeAt, wait) {
      const token = { wakeAt };
      parked.add(token);
      try {
        return await wait();
      } finally {
        parked.delete(token);
      }
    },

    delivered(stepId, signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const here = waiters.get(stepId) ?? new Set();
        waiters.set(stepId, here);
        const leave = () => {
          here.delete(wake);
          if (here.size === 0) waiters.delete(stepId);
          signal.removeEventListener('abort', give);
        };
        const wake = () => {
          leave();
          resolve();
        };
        const give = () => {
          leave();
          reject(signal.reason);
        };
        here.add(wake);
        signal.addEventListener('abort', give, { once: true });
      });
    },

    wake(stepId) {
      for (const wake of [...(waiters.get(stepId) ?? [])]) wake();
    },

    get isEmpty() {
      return parked.size === 0;
    },

    earliest() {
      let earliest = Number.POSITIVE_INFINITY;
      for (const { wakeAt } of parked) earliest = Math.min(earliest, wakeAt ?? earliest);
      return earliest;
    },
  };
}
