import type { RunStore } from '../adapters/run-store.ts';
import { AiworkError, hasCode } from '../errors.ts';
import type { Clock } from './clock.ts';

/** What taking up runs needs of the orchestrator. */
export interface WorkerHost {
  readonly clock: Clock;
  readonly store: RunStore;
  /** Whether this process already works on the run, or has just left it to another one. */
  isLocal(runId: string): boolean;
  /**
   * Takes the run up; resolves when work on it has ended here, to whether it was for a worker at all. Rejects when it
   * cannot be taken up.
   */
  takeUp(runId: string): Promise<boolean>;
  /** Regular chores, such as pruning. */
  tidy(): Promise<void>;
  report(error: unknown): void;
}

const tidyMs = 60_000;

/** Asks the store for runs nobody works on, and takes them up, until the returned function is called. */
export function startWorker(host: WorkerHost, concurrency: number, pollMs: number): () => Promise<void> {
  const working = new Set<string>();
  /** Runs that cannot be worked on here: sub-flows, of units this process does not know, or changed ones. */
  const refused = new Set<string>();
  let stopped = false;
  let stopTimer = () => {};
  let tidiedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    const now = host.clock.now();
    if (now - tidiedAt >= tidyMs) {
      tidiedAt = now;
      await host.tidy();
    }
    const free = concurrency - working.size;
    if (free <= 0) return;
    for (const runId of await host.store.due(now, free + refused.size)) {
      if (stopped || working.size >= concurrency) return;
      if (working.has(runId) || refused.has(runId) || host.isLocal(runId)) continue;
      working.add(runId);
      host
        .takeUp(runId)
        .then(
          (isOurs) => {
            if (!isOurs) refused.add(runId);
          },
          (error) => {
            // Another worker was quicker: nothing to tell.
            if (hasCode(error, 'AIWORK_RUN_OWNED')) return;
            // A store that was busy will not be for ever.
            if (!AiworkError.isInstance(error) || !error.retryable) refused.add(runId);
            host.report(error);
          },
        )
        .finally(() => working.delete(runId));
    }
  }

  function arm(): void {
    if (stopped) return;
    stopTimer = host.clock.setTimer(pollMs, () => {
      looking = look().catch(host.report).finally(arm);
    });
  }

  looking = look().catch(host.report).finally(arm);
  return async () => {
    stopped = true;
    stopTimer();
    await looking;
    stopTimer();
  };
}
