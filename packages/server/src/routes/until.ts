/** Whether `done` came to its end before the time was up and the signal aborted. */
export async function until(done: Promise<void>, waitMs: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  const stopped = Promise.withResolvers<boolean>();
  const stop = () => stopped.resolve(false);
  const timer = setTimeout(stop, waitMs);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([done.then(() => true), stopped.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
