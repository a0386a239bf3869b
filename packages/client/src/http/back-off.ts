/** How long to wait before attempt `attempt + 1`: about twice as long each time, never less than half of that. In milliseconds. */
export function backOffMs(attempt: number): number {
  const wholeMs = Math.min(200 * 2 ** (attempt - 1), 5000);
  return wholeMs / 2 + (Math.random() * wholeMs) / 2;
}

/** Waits, or rejects with the reason of `signal` as soon as it aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
