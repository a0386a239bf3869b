/** Waits of requests. They end when the server takes no more work: by one listener, however many there are. */
export interface Waits {
  /** What is awaited; nothing when the time is up before, or the server stops. */
  atMost<T>(waitMs: number, awaited: Promise<T>): Promise<T | undefined>;
}

export function createWaits(draining: AbortSignal): Waits {
  const ends = new Set<() => void>();
  draining.addEventListener('abort', () => {
    for (const end of ends) end();
  });
  return {
    atMost<T>(waitMs: number, awaited: Promise<T>): Promise<T | undefined> {
      if (draining.aborted) return Promise.resolve(undefined);
      return new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(timer);
          ends.delete(end);
          // After what was awaited has come, this does nothing.
          resolve(undefined);
        };
        const timer = setTimeout(end, waitMs);
        ends.add(end);
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
