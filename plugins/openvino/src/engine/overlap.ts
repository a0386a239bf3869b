/** Calls that run at the same time, and those that have to run alone. */
export interface Overlap {
  /** Runs beside others, and says in the end whether there were any. */
  beside<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly wasAlone: boolean }>;
  /** Runs when all others have ended, while further ones wait. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

export function createOverlap(): Overlap {
  interface Running {
    wasAlone: boolean;
  }
  const running = new Set<Running>();
  let whenEmpty: (() => void) | undefined;
  // The last of those that want to be alone; each waits for the one before it.
  let barrier: Promise<void> | undefined;

  async function beside<T>(work: () => Promise<T>): Promise<{ result: T; wasAlone: boolean }> {
    while (barrier !== undefined) await barrier;
    const mine: Running = { wasAlone: running.size === 0 };
    for (const other of running) other.wasAlone = false;
    running.add(mine);
    try {
      return { result: await work(), wasAlone: mine.wasAlone };
    } finally {
      running.delete(mine);
      if (running.size === 0) whenEmpty?.();
    }
  }

  async function alone<T>(work: () => Promise<T>): Promise<T> {
    const before = barrier;
    const mine = Promise.withResolvers<void>();
    barrier = mine.promise;
    await before;
    if (running.size > 0) {
      await new Promise<void>((resolve) => {
        whenEmpty = resolve;
      });
      whenEmpty = undefined;
    }
    try {
      return await work();
    } finally {
      if (barrier === mine.promise) barrier = undefined;
      mine.resolve();
    }
  }

  return { beside, alone };
}
