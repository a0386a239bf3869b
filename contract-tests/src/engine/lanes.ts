/** Lets works run beside each other, in order of arrival. */
export interface Lanes {
  /** `alone`: when nothing else runs, and nothing else while it does. */
  run<T>(how: 'beside' | 'alone', work: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly alone: boolean;
  start(): void;
}

/** At most `width` works at once. */
export function createLanes(width: number): Lanes {
  const waiting: Waiting[] = [];
  let running = 0;
  let closed = false;

  function startNext(): void {
    for (;;) {
      const next = waiting[0];
      if (!next || closed || running >= (next.alone ? 1 : width)) return;
      waiting.shift();
      running += 1;
      closed = next.alone;
      next.start();
    }
  }

  return {
    async run(how, work) {
      const alone = how === 'alone';
      await new Promise<void>((resolve) => {
        waiting.push({ alone, start: resolve });
        startNext();
      });
      try {
        return await work();
      } finally {
        running -= 1;
        closed = false;
        startNext();
      }
    },
  };
}
