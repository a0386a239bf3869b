import type { RunStore } from '../adapters/run-store.ts';
import { systemClock } from './clock.ts';
import type { RunExecution } from './run-execution.ts';

const pollMs = 500;

/** What only this process can see needs no lease that runs out. */
export const foreverMs = 100 * 365 * 24 * 3_600_000;
/** Runs looked at in one go, so that a process with many does not flood its store. */
const pollsAtOnce = 100;

/**
 * Renews the leases of the runs this process works on, and looks for what others left in their journals. Goes by the
 * machine's time, as the stores do. Needs doing only where others can see the store.
 */
export interface RunKeeper {
  keep(execution: RunExecution): void;
  close(): void;
}

/** Emptied when the run is over, for the reason that `active-runs.ts` tells. */
interface Kept {
  execution: RunExecution | undefined;
  renewedAt: number;
}

export function createRunKeeper(store: RunStore, owner: string, leaseTtlMs: number): RunKeeper {
  const kept = new Set<Kept>();
  let stopTimer: (() => void) | undefined;
  let ticking = false;
  let from = 0;

  async function tick(): Promise<void> {
    const now = systemClock.now();
    await Promise.all([...kept].filter(({ renewedAt }) => now - renewedAt >= leaseTtlMs / 3).map(renew));
    const all = [...kept];
    from = from >= all.length ? 0 : from;
    const some = all.slice(from, from + pollsAtOnce);
    from += pollsAtOnce;
    await Promise.all(some.map(({ execution }) => execution?.poll()));
  }

  async function renew(run: Kept): Promise<void> {
    if (!run.execution) return;
    const now = systemClock.now();
    try {
      if (await store.lease(run.execution.runId, owner, leaseTtlMs)) run.renewedAt = now;
      else run.execution?.loseLease();
    } catch {
      // The store cannot be asked. The lease may still be ours; once it cannot be, work must not go on.
      if (now - run.renewedAt > leaseTtlMs) run.execution?.loseLease();
    }
  }

  function arm(): void {
    if (stopTimer || ticking || kept.size === 0) return;
    stopTimer = systemClock.setTimer(Math.min(pollMs, leaseTtlMs / 3), () => {
      stopTimer = undefined;
      ticking = true;
      void tick().finally(() => {
        ticking = false;
        arm();
      });
    });
  }

  return {
    keep(execution) {
      const run: Kept = { execution, renewedAt: systemClock.now() };
      kept.add(run);
      arm();
      void execution.ended.then(() => {
        kept.delete(run);
        run.execution = undefined;
        if (kept.size > 0) return;
        stopTimer?.();
        stopTimer = undefined;
      });
    },
    close() {
      for (const run of kept) run.execution = undefined;
      kept.clear();
      stopTimer?.();
      stopTimer = undefined;
    },
  };
}
