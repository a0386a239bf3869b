import type { RunEvent, RunStatus } from './run-event.ts';

/** Which events iterating a {@link Run} gives. @since 0.1.0 */
export interface WatchOptions {
  /** Number of the last event that is known; those after it are given. Default 0: all. */
  readonly afterSeq?: number;
  /** Ends the iteration when it aborts, without an error. The run goes on. */
  readonly signal?: AbortSignal;
}

/**
 * A run: something to wait for, watch and cancel.
 *
 * Iterating gives its events from the first on, past ones included, and ends with `run.finished`. Not asking for the
 * result is fine: a failure nobody looks at is no unhandled rejection.
 *
 * @since 0.1.0
 */
export interface Run<Output> extends AsyncIterable<RunEvent> {
  readonly id: string;
  /**
   * The output, once the run has succeeded.
   *
   * @throws what the run failed with, `AIWORK_CANCELLED` when it was cancelled, `AIWORK_CLOSED` when the orchestrator
   * was closed before the end (the run can then be resumed if its store is durable).
   */
  result(): Promise<Output>;
  /** Asks the run to stop; resolves when it has, after undos. Does nothing to a finished run. */
  cancel(reason?: string): Promise<void>;
  status(): Promise<RunStatus>;
}
