import type { Clock } from './clock.ts';

/** Waits, but not beyond the first of the signals that aborts. */
export function pause(clock: Clock, ms: number, ...signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    if (signals.some(({ aborted }) => aborted)) return resolve();
    const over = () => {
      stopTimer();
      for (const signal of signals) signal.removeEventListener('abort', over);
      resolve();
    };
    const stopTimer = clock.setTimer(ms, over);
    for (const signal of signals) signal.addEventListener('abort', over, { once: true });
  });
}
