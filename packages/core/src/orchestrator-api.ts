import type { Page } from './adapters/adapter.ts';
import type { RunQuery, RunRecord } from './adapters/run-store.ts';
import type { Duration } from './duration.ts';
import type { Clock } from './engine/clock.ts';
import type { Plugin } from './plugin.ts';
import type { Budget } from './policy.ts';
import type { Run, WatchOptions } from './run.ts';
import type { RunEvent } from './run-event.ts';
import type { UseSlot } from './slots.ts';
import type { StepRunEnd, StepRunOptions } from './step-run.ts';
import type { TraceContext } from './trace-context.ts';
import type { AnyFlow } from './units/flow.ts';
import type { Step } from './units/ref.ts';
import type { AnyUnit, Runnable } from './units/runnable.ts';

/** @since 0.1.0 */
export interface OrchestratorOptions {
  /** Units that may be resumed, scheduled or found by id; units that are started need not be among them. */
  readonly units?: readonly AnyUnit[];
  readonly plugins?: readonly Plugin[];
  /**
   * `sync` (default): a step's result is in the journal before steps that need it start. `async`: it is written
   * meanwhile, which is faster; a crash may run the last steps again.
   */
  readonly durability?: 'sync' | 'async';
  /** How long finished runs, with their payloads, are kept by `worker()` and `prune()`. Default: for ever. */
  readonly retention?: Duration;
  /** How long cancelled or timed-out code may take to stop before it is left behind. Default `5s`. */
  readonly grace?: Duration;
  /**
   * What journals call this process, followed by a slash and what tells it from others of this name: who ran what. Up to
   * 100 characters. Default: name of the machine and id of the process.
   */
  readonly name?: string;
  /** How long a lease on a run lasts without renewal: how soon another worker takes over after a crash. Default `30s`. */
  readonly leaseTtl?: Duration;
  /** Time, for tests. */
  readonly clock?: Clock;
  /** Makes the ids of runs that are given none, for tests. */
  readonly newRunId?: () => string;
}

/** @since 0.1.0 */
export interface StartOptions {
  /** Default: a new one. A run with this id must not exist. */
  readonly runId?: string;
  /** Starting the same unit with the same key again gives the run there is instead of a second one. */
  readonly idempotencyKey?: string;
  /** Aborting it cancels the run. */
  readonly signal?: AbortSignal;
  readonly budget?: Budget;
  readonly priority?: number;
  /** Added to the unit's own. */
  readonly tags?: readonly string[];
  /**
   * Of what in a distributed trace the run is a part, as when a request that carries it starts the run. Journaled, and
   * passed on to sub-flows and to what queues bring elsewhere. Default: what is active where it is started, for a plugin
   * that provides `telemetry`; nothing without one.
   */
  readonly trace?: TraceContext;
}

/** @since 0.1.0 */
export interface RerunOptions {
  /** Keep the results of steps that do not depend on this one, and run it and what follows again. Default: run all. */
  readonly from?: string;
  readonly runId?: string;
  /** Added to those of the run that is repeated. */
  readonly tags?: readonly string[];
  readonly signal?: AbortSignal;
}

/** @since 0.1.0 */
export interface WorkerOptions {
  /** Runs worked on at once: so many that queues bring, and so many that nobody works on. Default 16. */
  readonly concurrency?: number;
  /** How often the store is asked for work. Default `1s`. */
  readonly pollInterval?: Duration;
  /** Queues to take work from, too, as units name them. Needs a plugin that provides `queue`. Default: none. */
  readonly queues?: readonly string[];
  /** Workers of one group share the work of a queue. Default `aiwork`. */
  readonly group?: string;
}

/**
 * Runs units, and everything that can be done with runs.
 *
 * @since 0.1.0
 */
export interface Orchestrator extends AsyncDisposable {
  /**
   * Starts a unit. Resolves when the run is in the journal; `result()` waits for its end.
   *
   * @throws `AIWORK_INVALID_INPUT` when the input does not fit a flow; other units check theirs in the run, which then
   * fails with it. `AIWORK_RUN_EXISTS`, `AIWORK_INVALID_ARGUMENT` when `unit` is none.
   */
  start<I, O>(unit: Runnable<I, O>, input: NoInfer<I>, options?: StartOptions): Promise<Run<O>>;
  /**
   * Goes on with an unfinished run, keeping its finished steps; of a finished run, gives the handle.
   *
   * @throws `AIWORK_RUN_NOT_FOUND`, `AIWORK_RUN_OWNED`, `AIWORK_FLOW_NOT_REGISTERED`, `AIWORK_FLOW_CHANGED`.
   */
  resume(runId: string, options?: { readonly signal?: AbortSignal }): Promise<Run<unknown>>;
  /** A handle on a run, whoever works on it. @throws `AIWORK_RUN_NOT_FOUND`. */
  open(runId: string, options?: WatchOptions): Promise<Run<unknown>>;
  /**
   * Delivers a payload to a `waitFor` step, now or when the run gets there. Without the run's flow among `units`, its
   * schema is not known here: the run then refuses a payload that does not fit, and waits on.
   *
   * @throws `AIWORK_RUN_NOT_FOUND`, `AIWORK_RUN_FINISHED`, `AIWORK_UNKNOWN_STEP`, `AIWORK_NOT_WAITING`,
   * `AIWORK_INVALID_INPUT`.
   */
  signal<O>(
    runId: string,
    step: Step<O> | string,
    payload: O,
    options?: { readonly idempotencyKey?: string },
  ): Promise<void>;
  /**
   * Runs a finished or unfinished run's unit once more with the same input, as a new run.
   *
   * @throws `AIWORK_RUN_NOT_FOUND`, `AIWORK_FLOW_NOT_REGISTERED`, `AIWORK_UNKNOWN_STEP`, `AIWORK_RUN_EXISTS`.
   */
  rerun(runId: string, options?: RerunOptions): Promise<Run<unknown>>;
  /**
   * Makes one attempt of a step of a flow, for something else that decides which step is done when, such as Airflow. The
   * attempt is a run of its own, called after `runId` and the step; its code is shown `runId`, so that idempotency keys are
   * the same at every attempt. In a store that lasts, the next attempt knows the effects of {@link RunContext.once} and the
   * finished parts of a failed one, and goes on with one whose process went away; the same attempt asked for twice gives
   * the same end. There are no retries, and nothing is undone: that is for who leads the run.
   *
   * A failed attempt is a result, not an error.
   *
   * @throws `AIWORK_UNKNOWN_STEP`, `AIWORK_INVALID_INPUT` when the input does not fit the flow, `AIWORK_INVALID_ARGUMENT`
   * when `needs` is not about the steps it needs, or the step waits for a payload; `AIWORK_RUN_OWNED` while another
   * process is at an attempt of it.
   * @example
   * ```ts
   * import { createOrchestrator, defineFlow } from '@aiwork/core';
   * import { z } from 'zod';
   *
   * const report = defineFlow({ id: 'report', input: z.object({ city: z.string() }) }, (f) => {
   *   const weather = f.step('weather', { needs: { input: f.input }, run: () => ({ celsius: -3 }) });
   *   return f.step('text', { needs: { weather }, run: ({ weather }) => `${weather.celsius} °C` });
   * });
   * await using ai = createOrchestrator();
   * const end = await ai.runStep(report, 'text', {
   *   runId: 'airflow/report/2027-01-01',
   *   input: { city: 'Oslo' },
   *   needs: { weather: { status: 'succeeded', value: { celsius: 7 } } },
   * });
   * console.log(end); // { status: 'succeeded', value: '7 °C' }
   * ```
   */
  runStep(flow: AnyFlow, step: Step<unknown> | string, options: StepRunOptions): Promise<StepRunEnd>;
  /** Asks a run to stop, whoever works on it. @throws `AIWORK_RUN_NOT_FOUND`. */
  cancel(runId: string, reason?: string): Promise<void>;
  /**
   * Takes up runs nobody works on and those of its queues, and starts scheduled ones, until disposed of. Disposing of it
   * waits for the work that queues brought; `close()` gives that back.
   *
   * @throws `AIWORK_SLOT_EMPTY` when there are `queues`, and no plugin provides a queue.
   */
  worker(options?: WorkerOptions): Promise<AsyncDisposable>;
  /** The record of a run. */
  get(runId: string): Promise<RunRecord | undefined>;
  list(query?: RunQuery): Promise<Page<RunRecord>>;
  /**
   * The events of a run as of now, payloads included; those after number `afterSeq`, where it is given.
   *
   * @throws `AIWORK_RUN_NOT_FOUND`.
   */
  events(runId: string, options?: { readonly afterSeq?: number }): AsyncIterable<RunEvent>;
  /** Deletes finished runs, with events and payloads, last updated before the time; returns how many. */
  prune(before?: Date): Promise<number>;
  readonly use: UseSlot;
  /** Stops work (unfinished runs stay resumable if their store is durable), disposes of plugins, leaves no handle. */
  close(): Promise<void>;
}
