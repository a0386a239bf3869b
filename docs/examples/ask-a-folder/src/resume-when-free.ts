import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, type Orchestrator, type Run } from '@aiwork/core';

/** How long a process that died holds its run. */
export const leaseTtlMs = 10_000;

const everyMs = 500;

export interface ResumeOptions {
  readonly signal: AbortSignal;
  /** Is called once, when another process holds the run. */
  onWait(): void;
}

/**
 * Goes on with a run, waiting for as long as a process that died may hold it.
 *
 * @throws `AIWORK_RUN_OWNED` when it is held for longer: that process is alive. Otherwise as `orchestrator.resume`.
 */
export async function resumeWhenFree(
  orchestrator: Orchestrator,
  runId: string,
  { signal, onWait }: ResumeOptions,
): Promise<Run<unknown>> {
  const deadline = Date.now() + leaseTtlMs + 2 * everyMs;
  let waited = false;
  for (;;) {
    try {
      return await orchestrator.resume(runId, { signal });
    } catch (error) {
      if (!hasCode(error, 'AIWORK_RUN_OWNED') || Date.now() > deadline) throw error;
      if (!waited) onWait();
      waited = true;
      await sleep(everyMs, undefined, { signal });
    }
  }
}
