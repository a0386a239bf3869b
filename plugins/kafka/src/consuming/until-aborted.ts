/** Resolves when the signal aborts, or earlier, after `atMostMs` milliseconds. */
export function untilAborted(signal: AbortSignal, atMostMs?: number): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = atMostMs === undefined ? undefined : setTimeout(end, atMostMs);
    signal.addEventListener('abort', end, { once: true });
  });
}
