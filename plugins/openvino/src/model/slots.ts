/** A bounded number of places, taken in the order of asking. */
export interface Slots {
  /** Waits for a place; what it resolves to gives it back. Rejects with the signal's reason once that aborts. */
  take(signal?: AbortSignal): Promise<() => void>;
}

export function createSlots(count: number): Slots {
  let free = count;
  const waiting = new Set<() => void>();

  function give(): void {
    const [next] = waiting;
    if (next === undefined) {
      free += 1;
      return;
    }
    waiting.delete(next);
    next();
  }

  function once(): () => void {
    let given = false;
    return () => {
      if (!given) give();
      given = true;
    };
  }

  return {
    async take(signal) {
      signal?.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return once();
      }
      await new Promise<void>((resolve, reject) => {
        const stop = (): void => {
          waiting.delete(enter);
          reject(signal?.reason);
        };
        const enter = (): void => {
          signal?.removeEventListener('abort', stop);
          resolve();
        };
        waiting.add(enter);
        signal?.addEventListener('abort', stop, { once: true });
      });
      return once();
    },
  };
}
