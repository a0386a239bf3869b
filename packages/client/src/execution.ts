import type { RunStatus } from '@aiwork/core';

/** What a run waits for from outside. @since 0.1.0 */
export interface Waiting {
  readonly step: string;
  readonly prompt?: unknown;
  /** RFC 3339. */
  readonly expiresAt?: string;
}

/** What went wrong, without its stack. @since 0.1.0 */
export interface ExecutionError {
  readonly message: string;
  readonly code?: string;
  readonly step?: string;
  readonly retryable: boolean;
}

/** A run, as clients see it. @since 0.1.0 */
export interface Execution {
  readonly executionId: string;
  /** Id of the flow, task, tool or agent. */
  readonly unit: string;
  readonly version: string;
  readonly status: RunStatus;
  readonly tags: readonly string[];
  /** RFC 3339. */
  readonly createdAt: string;
  /** Time of its last event. */
  readonly updatedAt: string;
  /** Of one that succeeded. */
  readonly output?: unknown;
  /** Of one that failed or was cancelled. */
  readonly error?: ExecutionError;
  /** Of one that waits. */
  readonly waitingFor?: readonly Waiting[];
  /** The execution that this one repeats. */
  readonly rerunOf?: string;
}
