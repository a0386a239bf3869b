import { checkSignal } from '@aiwork/core/adapter-kit';
import { cancelled } from './refusals.ts';

/** Runs jobs one at a time, in the order they were given. */
export interface Lane {
  /**
   * A job whose signal aborts before its turn is never started and rejects at once; from its turn on, the job itself
   * minds the signal.
   */
  run<T>(job: () => T | Promise<T>, signal: AbortSignal | undefined): Promise<T>;
  /** Resolves when everything given so far is over. */
  idle(): Promise<void>;
}

export function createLane(): Lane {
  let tail: Promise<void> = Promise.resolve();

  return {
    run(job, signal) {
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          reject(cancelled(signal as AbortSignal));
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        tail = tail.then(async () => {
          signal?.removeEventListener('abort', onAbort);
          try {
            checkSignal(signal);
            resolve(await job());
          } catch (error) {
            reject(error);
          }
        });
      });
    },
    idle: () => tail,
  };
}
