import type { FlowGraph, RunStatus } from '@aiwork/core';
import type { Execution } from './execution.ts';
import type { CallOptions, ExecutionHandle } from './execution-handle.ts';
import type { ServedUnit } from './served-unit.ts';
import type { InputOf, OutputOf, UnitId, UnknownUnits } from './units.ts';

/** @since 0.1.0 */
export interface StartOptions extends CallOptions {
  /** Starting again with the same key gives the execution there is. Default: one for each call. */
  readonly idempotencyKey?: string;
  /** Added to the unit's own. */
  readonly tags?: readonly string[];
  /** Higher goes first where workers are scarce. */
  readonly priority?: number;
}

/** Which executions to list; all given conditions hold. @since 0.1.0 */
export interface ListOptions extends CallOptions {
  readonly unit?: string;
  readonly status?: RunStatus;
  readonly tag?: string;
  /** How many are asked for at once, from 1 to 1000. Default 100. */
  readonly pageSize?: number;
}

/** What a unit is given: its input, which may be left out where it takes nothing, and options. @since 0.1.0 */
export type StartArguments<Unit> =
  undefined extends InputOf<Unit>
    ? [input?: InputOf<Unit>, options?: StartOptions]
    : [input: InputOf<Unit>, options?: StartOptions];

/**
 * A server of `@aiwork/server`, as seen from elsewhere. Every call rejects with a {@link ClientError}.
 *
 * @since 0.1.0
 */
export interface Client<Units = UnknownUnits> {
  /**
   * Runs a unit, and waits for its output however long that takes.
   *
   * @throws what the execution failed with; `AIWORK_INVALID_INPUT` with `fields`, `AIWORK_FLOW_NOT_REGISTERED`,
   * `AIWORK_UNAUTHENTICATED`, `AIWORK_FORBIDDEN`.
   */
  execute<Id extends UnitId<Units>>(
    unit: Id,
    ...given: StartArguments<Units[Id]>
  ): Promise<OutputOf<Units[Id]>>;
  /** Starts a unit. Resolves when the run is in the journal. @throws as {@link Client.execute}, but for how it ends. */
  start<Id extends UnitId<Units>>(
    unit: Id,
    ...given: StartArguments<Units[Id]>
  ): Promise<ExecutionHandle<OutputOf<Units[Id]>>>;
  /** A handle on an execution that was started before. Nothing is asked yet. */
  execution<Id extends UnitId<Units>>(executionId: string): ExecutionHandle<OutputOf<Units[Id]>>;
  /** Executions, the last one first, page after page as they are asked for. */
  list(options?: ListOptions): AsyncIterable<Execution>;
  flows(options?: CallOptions): Promise<readonly ServedUnit[]>;
  tasks(options?: CallOptions): Promise<readonly ServedUnit[]>;
  tools(options?: CallOptions): Promise<readonly ServedUnit[]>;
  agents(options?: CallOptions): Promise<readonly ServedUnit[]>;
  /** A flow as data. @throws `AIWORK_FLOW_NOT_REGISTERED`. */
  graph(flow: string, options?: CallOptions): Promise<FlowGraph>;
}
