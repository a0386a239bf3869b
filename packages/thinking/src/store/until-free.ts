import { setTimeout as delay } from 'node:timers/promises';
import { isBusy, isDuplicate } from './store-failure.ts';

const pauseMs = 10;

/**
 * Makes calls of a SQLite file again while other processes have it locked, for at most `busyTimeoutMs`. SQLite would wait by
 * itself, but hold the event loop meanwhile, also from who has the lock in this process.
 */
export function whenFree(busyTimeoutMs: number): <T>(work: () => Promise<T>) => Promise<T> {
  return (work) => again(work, busyTimeoutMs, isBusy);
}

/** For what several processes may do at the same time, each of which finds done what another one did. */
export function whenDone(busyTimeoutMs: number): (work: () => Promise<void>) => Promise<void> {
  return (work) => again(work, busyTimeoutMs, (error) => isBusy(error) || isDuplicate(error));
}

async function again<T>(
  work: () => Promise<T>,
  timeoutMs: number,
  mayPass: (error: unknown) => boolean,
): Promise<T> {
  const over = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!mayPass(error) || performance.now() >= over) throw error;
    }
    await delay(pauseMs);
  }
}
