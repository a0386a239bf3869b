import type { FlowGraph, Run } from '@aiwork/core';
import type { Runs } from './runs.ts';

/** A unit, and the runs of where it can be run. */
export interface Work extends AsyncDisposable {
  readonly runs: Runs;
  readonly unitId: string;
  /** Of a flow. */
  readonly graph?: FlowGraph | undefined;
}

/** A unit to start. */
export interface NewWork extends Work {
  start(input: unknown, options: NewRunOptions): Promise<Run<unknown>>;
}

export interface NewRunOptions {
  readonly runId?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** The unit of a run, to go on with it or to repeat it. */
export interface KnownWork extends Work {
  /** Asks until no other process holds the run, where that may be one that was killed. */
  whenFree<T>(ask: () => Promise<T>): Promise<T>;
}
