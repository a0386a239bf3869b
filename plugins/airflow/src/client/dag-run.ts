import type { CallOptions } from '@aiwork/core';

/** @since 0.1.0 */
export type DagRunState = 'queued' | 'running' | 'success' | 'failed';

/** A run of a DAG, as Airflow has it. @since 0.1.0 */
export interface DagRun {
  readonly dagId: string;
  readonly runId: string;
  readonly state: DagRunState;
  /** What it was triggered with. */
  readonly conf: Readonly<Record<string, unknown>>;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
}

/** @since 0.1.0 */
export interface TriggerOptions extends CallOptions {
  /**
   * The run's id, by which it is triggered once, however often that is tried. Unless Airflow is configured otherwise:
   * letters, digits, `_`, `-`, `.`, `~`, `:` and `+`.
   */
  readonly runId: string;
  /** What the run is given: the flow's input, for a DAG that was exported. Default `{}`. */
  readonly conf?: Readonly<Record<string, unknown>>;
}

/** @since 0.1.0 */
export interface FollowOptions extends CallOptions {
  /** How long to wait between two looks while much happens, in milliseconds. Default 500. */
  readonly minDelayMs?: number;
  /** How long to wait when nothing happens. Default 10,000. */
  readonly maxDelayMs?: number;
  /** How long Airflow may be away before that is an error, in milliseconds. Default 60,000. */
  readonly patienceMs?: number;
}

/**
 * What changed in a run: its own state, or that of a task. States of tasks are Airflow's own words: `scheduled`,
 * `queued`, `running`, `success`, `failed`, `skipped`, `up_for_retry`, `upstream_failed`, `deferred` …
 *
 * @since 0.1.0
 */
export type DagRunChange =
  | { readonly type: 'run'; readonly state: DagRunState }
  | {
      readonly type: 'task';
      readonly taskId: string;
      /** Which of a mapped task's instances, from 0. */
      readonly mapIndex?: number;
      readonly state: string;
      /** The attempt, from 1; 0 before the first. */
      readonly attempt: number;
    };

/** @since 0.1.0 */
export interface ResultOptions extends CallOptions {
  /** Default `return_value`. */
  readonly key?: string;
  /** Which of a mapped task's instances, from 0. */
  readonly mapIndex?: number;
}
