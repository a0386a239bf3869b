import type { Clock } from './clock.ts';

/**
 * Runs that are left to other workers, who were handed their jobs. Nobody holds such a run until one of them takes it up:
 * whoever left it would see that, take it back, and keep the other one waiting.
 */
export interface LeftRuns {
  add(runId: string): void;
  has(runId: string): boolean;
}

export function createLeftRuns(clock: Clock, forMs: number): LeftRuns {
  /** In the order of these times. */
  const until = new Map<string, number>();
  return {
    add(runId) {
      const now = clock.now();
      for (const [id, end] of until) {
        if (end > now) break;
        until.delete(id);
      }
      until.delete(runId);
      until.set(runId, now + forMs);
    },
    has: (runId) => (until.get(runId) ?? 0) > clock.now(),
  };
}
