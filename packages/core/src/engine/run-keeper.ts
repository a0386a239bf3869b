import type { RunStore } from '../adapters/run-store.ts';
import { systemClock } from './clock.ts';
import type { RunExecution } from './run-execution.ts';

const pollMs = 500;
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

export function createRunKeeper(store: RunStore, owner: string, leaseTtlMs: number): RunKeeper {
  const kept = new Map<RunExecution, { renewedAt: number }>();
  let stopTimer: (() => void) | undefined;
  let ticking = false;
  let from = 0;

  async function tick(): Promise<void> {
    const now = systemClock.now();
    const renewals = [...kept].filter(([, { renewedAt }]) => now - renewedAt >= leaseTtlMs / 3);
    await Promise.all(renewals.map(([execution, lease]) => renew(execution, lease)));
    const executions = [...kept.keys()];
    from = from >= executions.length ? 0 : from;
    const some = executions.slice(from, from + pollsAtOnce);
    from += pollsAtOnce;
    await Promise.all(some.map((execution) => execution.poll()));
  }

  async function renew(execution: RunExecution, lease: { renewedAt: number }): Promise<void> {
    const now = systemClock.now();
    try {
      if (await store.lease(execution.runId, owner, leaseTtlMs)) lease.renewedAt = now;
      else if (kept.has(execution)) execution.loseLease();
    } catch {
      // The store cannot be asked. The lease may still be ours; once it cannot be, work must not go on.
      if (now - lease.renewedAt > leaseTtlMs && kept.has(execution)) execution.loseLease();
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
      kept.set(execution, { renewedAt: systemClock.now() });
      arm();
      void execution.ended.then(() => {
        kept.delete(execution);
        if (kept.size > 0) return;
        stopTimer?.();
        stopTimer = undefined;
      });
    },
    close() {
      kept.clear();
      stopTimer?.();
      stopTimer = undefined;
    },
  };
}
