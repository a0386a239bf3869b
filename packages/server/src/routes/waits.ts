/** Waits of requests. They end when the server takes no more work: by one listener, however many there are. */
export interface Waits {
  /** What is awaited; nothing when the time is up before, or the server stops. */
  atMost<T>(waitMs: number, awaited: Promise<T>): Promise<T | undefined>;
}

interface Wait {
  readonly waitMs: number;
  /** Gives nothing. After what was awaited has come, this does nothing. */
  readonly end: () => void;
  isOver: boolean;
  timer?: NodeJS.Timeout;
}

export function createWaits(draining: AbortSignal): Waits {
  const waits = new Set<Wait>();
  /** Those that began in this turn of the event loop: most are over when it ends, and need no timer. */
  let young: Wait[] = [];
  draining.addEventListener('abort', () => {
    for (const { end } of waits) end();
  });

  function startTimers(): void {
    for (const wait of young) if (!wait.isOver) wait.timer = setTimeout(wait.end, wait.waitMs);
    young = [];
  }

  function begin(waitMs: number, giveNothing: () => void): Wait {
    const end = () => {
      wait.isOver = true;
      clearTimeout(wait.timer);
      waits.delete(wait);
      giveNothing();
    };
    const wait: Wait = { waitMs, end, isOver: false };
    waits.add(wait);
    if (young.push(wait) === 1) setImmediate(startTimers);
    return wait;
  }

  return {
    atMost<T>(waitMs: number, awaited: Promise<T>): Promise<T | undefined> {
      if (draining.aborted) return Promise.resolve(undefined);
      return new Promise((resolve, reject) => {
        const { end } = begin(waitMs, () => resolve(undefined));
        awaited.then(
          (value) => {
            resolve(value);
            end();
          },
          (error) => {
            reject(error);
            end();
          },
        );
      });
    },
  };
}
