import type { JobControl, TaskQueue } from '../adapters/task-queue.ts';
import { hasCode } from '../errors.ts';
import type { Clock } from './clock.ts';
import { pause } from './pause.ts';
import type { RunExecution } from './run-execution.ts';

/** How long to wait for a run that somebody else holds, before asking again. */
const ownedMs = 500;

/** What working on the jobs of a queue needs of the orchestrator. */
export interface QueueWorkerHost {
  readonly clock: Clock;
  readonly queue: TaskQueue;
  /** How often a job that is worked on is said to be. */
  readonly heartbeatMs: number;
  /** Takes the run up; nothing when it is over, or deleted. @throws `AIWORK_RUN_OWNED` when somebody else works on it. */
  takeUp(runId: string): Promise<RunExecution | undefined>;
  /** The job of a run that is worked on here went to another worker, which is to go on with it. */
  left(runId: string): void;
}

export interface QueueWorkerOptions {
  readonly queues: readonly string[];
  readonly group: string;
  readonly concurrency: number;
  /** Aborts when no more jobs are to be taken. */
  readonly signal: AbortSignal;
}

/**
 * Works on the runs that queues bring, until `signal` aborts and those at work are over. A job settles when its run is
 * over; where the run is left, its job goes back.
 */
export function workOnQueues(host: QueueWorkerHost, options: QueueWorkerOptions): Promise<void> {
  return host.queue.consume(options, async ({ runId }, control) => {
    const beat = beating(host, control);
    try {
      await workOn(host, runId, control.signal);
    } finally {
      beat();
    }
  });
}

async function workOn(host: QueueWorkerHost, runId: string, lost: AbortSignal): Promise<void> {
  for (;;) {
    lost.throwIfAborted();
    const execution = await host.takeUp(runId).catch((error: unknown) => {
      // A worker that died holds it until its lease runs out; one that lives will have finished it by then.
      if (hasCode(error, 'AIWORK_RUN_OWNED')) return 'owned' as const;
      throw error;
    });
    if (execution === undefined) return;
    if (execution === 'owned') {
      await pause(host.clock, ownedMs, lost);
      continue;
    }
    const leave = () => {
      host.left(runId);
      void execution.close();
    };
    if (lost.aborted) leave();
    else lost.addEventListener('abort', leave, { once: true });
    const ending = await execution.ended;
    lost.removeEventListener('abort', leave);
    if (ending.status !== 'stopped') return;
    if (!hasCode(ending.error, 'AIWORK_LEASE_LOST')) throw ending.error;
  }
}

/** Says again and again that a job is worked on. A beat that fails is followed by the next. */
function beating({ clock, heartbeatMs }: QueueWorkerHost, control: JobControl): () => void {
  let stopTimer = () => {};
  let stopped = false;
  const arm = () => {
    stopTimer = clock.setTimer(heartbeatMs, () => {
      void control
        .heartbeat()
        .catch(() => {})
        .finally(() => {
          if (!stopped) arm();
        });
    });
  };
  arm();
  return () => {
    stopped = true;
    stopTimer();
  };
}
