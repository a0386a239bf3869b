import type { Duration } from '../duration.ts';
import type { FlowGraph, Schedule } from '../flow-graph.ts';
import type { Policy } from '../policy.ts';
import type { RunError } from '../run-error.ts';
import type { Schema, WireSchema } from '../schema.ts';
import type { AnyStep, Bind, BindTyped, Ref, Step } from './ref.ts';
import type { RunContext } from './run-context.ts';
import type { AnyUnit, Runnable, UnitOptions } from './runnable.ts';
import type { Task } from './task.ts';

type Needs = Readonly<Record<string, AnyStep>>;
type Got<N> = { [K in keyof N]: N[K] extends Step<infer O> ? O : never };

/** How a needed step ended, as a `settle` step sees it. @since 0.1.0 */
export type Outcome<O> =
  | { readonly status: 'succeeded'; readonly value: O }
  | { readonly status: 'failed'; readonly error: RunError }
  | { readonly status: 'skipped' }
  | { readonly status: 'cancelled' };

type Settled<N> = { [K in keyof N]: N[K] extends Step<infer O> ? Outcome<O> : never };

/** What every step takes. @since 0.1.0 */
export interface StepOptions<N, Output> extends Policy {
  /** Steps that have to be done first; this step's code sees their outputs under these names. */
  readonly needs?: N;
  /** Takes the step's effect back when the run fails or is cancelled later; called in reverse order of completion. */
  undo?(output: Output, ctx: RunContext): Promise<void> | void;
}

/** The step always runs, and its failure fails the run unless a `settle` or `race` takes it. @since 0.1.0 */
export interface Always {
  readonly when?: undefined;
  readonly onError?: 'fail';
}

/** The step may be skipped, or may fail without failing the run: its output is `O | undefined` downstream. @since 0.1.0 */
export interface Maybe<N> {
  /** Whether to run it; when not, it is skipped. */
  when?(needs: Got<N>): boolean | Promise<boolean>;
  /** `continue`: its failure gives `undefined` instead of failing the run. */
  readonly onError?: 'fail' | 'continue';
}

/** @since 0.1.0 */
export interface MapOptions<N, Item> {
  /** The items: from the outputs of `needs`, a ref such as `doc.$.chunks`, or a list with constants and refs in it. */
  readonly over: ((needs: Got<N>) => readonly Item[]) | Ref<readonly Item[]> | readonly Bind<Item>[];
}

/** @since 0.1.0 */
export interface LoopOptions<N, Value> {
  /** The first value: from the outputs of `needs`, or a value in which any part may be a ref. */
  readonly from: ((needs: Got<N>) => Value) | BindTyped<Value>;
  /** Whether it is done, asked after each round (from 1). */
  until(value: Value, round: number): boolean;
  /** Reaching it without `until` holding fails the step with `AIWORK_LOOP_LIMIT`. */
  readonly maxRounds: number;
}

/** No policy: a wait makes no attempts, and `expires` bounds it. @since 0.1.0 */
export interface WaitOptions<N, Output> {
  readonly needs?: N;
  /** As of any step. */
  undo?(output: NoInfer<Output>, ctx: RunContext): Promise<void> | void;
  /** What may be delivered. */
  readonly payload: WireSchema<unknown, Output>;
  /** What to show to whoever has to answer. */
  prompt?(needs: Got<N>): unknown;
  /** Fails the step with `AIWORK_WAIT_EXPIRED` when nothing has come by then. */
  readonly expires?: Duration;
}

/**
 * Adds steps to a flow. Each method returns a handle that later steps name in `needs` or refer to with `$`.
 *
 * @since 0.1.0
 */
export interface FlowBuilder<Input> {
  /** The flow's input, for `needs` and refs. */
  readonly input: Step<Input>;

  /**
   * A step with code of its own. What it gives is journaled and handed to later steps as it is, without a copy: neither
   * it nor they may change it afterwards.
   */
  step<O, N extends Needs = Record<never, never>>(
    id: string,
    options: StepOptions<N, NoInfer<O>> & Always & { run(needs: Got<N>, ctx: RunContext): Promise<O> | O },
  ): Step<O>;
  step<O, N extends Needs = Record<never, never>>(
    id: string,
    options: StepOptions<N, NoInfer<O>> & Maybe<N> & { run(needs: Got<N>, ctx: RunContext): Promise<O> | O },
  ): Step<O | undefined>;

  /** A step that runs a task, tool, agent or sub-flow. Its edges come from the refs in `input`, and from `needs`. */
  call<I, O, N extends Needs = Record<never, never>>(
    id: string,
    unit: Runnable<I, O>,
    input: Bind<NoInfer<I>>,
    options?: StepOptions<N, NoInfer<O>> & Always,
  ): Step<O>;
  call<I, O, N extends Needs = Record<never, never>>(
    id: string,
    unit: Runnable<I, O>,
    input: Bind<NoInfer<I>>,
    options: StepOptions<N, NoInfer<O>> & Maybe<N>,
  ): Step<O | undefined>;

  /** Runs a unit for each item; the outputs come in the items' order. `concurrency` limits how many run at once. */
  map<I, O, N extends Needs = Record<never, never>>(
    id: string,
    unit: Runnable<I, O>,
    options: StepOptions<N, NoInfer<O>[]> & Always & MapOptions<N, NoInfer<I>>,
  ): Step<O[]>;
  map<I, O, N extends Needs = Record<never, never>>(
    id: string,
    unit: Runnable<I, O>,
    options: StepOptions<N, NoInfer<O>[]> & Maybe<N> & MapOptions<N, NoInfer<I>>,
  ): Step<O[] | undefined>;

  /** Feeds a unit's output back into it until a condition holds. */
  loop<T, N extends Needs = Record<never, never>>(
    id: string,
    unit: Runnable<T, T>,
    options: StepOptions<N, NoInfer<T>> & Always & LoopOptions<N, NoInfer<T>>,
  ): Step<T>;
  loop<T, N extends Needs = Record<never, never>>(
    id: string,
    unit: Runnable<T, T>,
    options: StepOptions<N, NoInfer<T>> & Maybe<N> & LoopOptions<N, NoInfer<T>>,
  ): Step<T | undefined>;

  /** Waits for a payload from outside: a person's answer, a webhook. Delivered with `orchestrator.signal`. */
  waitFor<O, N extends Needs = Record<never, never>>(
    id: string,
    options: Always & WaitOptions<N, O>,
  ): Step<O>;
  waitFor<O, N extends Needs = Record<never, never>>(
    id: string,
    options: Maybe<N> & WaitOptions<N, O>,
  ): Step<O | undefined>;

  /** Waits for a length of time, or until a point in time. Survives restarts. */
  sleep<N extends Needs = Record<never, never>>(
    id: string,
    options: { readonly needs?: N; when?(needs: Got<N>): boolean | Promise<boolean> } & {
      readonly for: Duration | ((needs: Got<N>) => Date);
    },
  ): Step<void>;

  /** The output of the first needed step to succeed; the others are aborted. Fails when none succeeds. */
  race<N extends Needs>(id: string, options: { readonly needs: N }): Step<Got<N>[keyof N]>;

  /** Runs when all needed steps are over, however they ended, and is shown how. */
  settle<O, N extends Needs>(
    id: string,
    options: StepOptions<N, NoInfer<O>> & {
      readonly needs: N;
      run(needs: Settled<N>, ctx: RunContext): Promise<O> | O;
    },
  ): Step<O>;
}

/** Any part of a {@link RunError}: what a task that is told of an ending may ask for. */
type PartsOfRunError = { readonly [K in keyof RunError]?: RunError[K] | undefined };

/** A task that is told how a run ended. Its input schema takes a {@link RunError}, or the parts it cares for. @since 0.1.0 */
export type EndingTask = Task<PartsOfRunError, unknown>;

/** @since 0.1.0 */
export interface FlowOptions<Input, Parsed> extends UnitOptions {
  readonly id: string;
  readonly input: Schema<Input, Parsed>;
  /** When it starts by itself, while a worker runs. */
  readonly schedule?: Schedule | readonly Schedule[];
  /** Runs when a run has failed, after the undos; its own failure changes nothing. */
  readonly onFailure?: EndingTask;
  /** Runs when a run was cancelled, after the undos; its own failure changes nothing. */
  readonly onCancel?: EndingTask;
}

/** The code and schemas a graph names. Units are found by `kind:id`. @since 0.1.0 */
export interface FlowParts {
  readonly units: Readonly<Record<string, AnyUnit>>;
  // biome-ignore lint/complexity/noBannedTypes: what a graph's code takes depends on where it stands
  readonly code: Readonly<Record<string, Function>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

/** A graph of steps with typed input and output. @since 0.1.0 */
export interface Flow<Input, Output> extends Runnable<Input, Output> {
  readonly kind: 'flow';
  readonly input: Schema;
  /** The flow as data. The same object every time. */
  toGraph(): FlowGraph;
  /** What the graph names: with it, `fromGraph` makes the flow again. */
  parts(): FlowParts;
}

/** Any flow, whatever its types. @since 0.1.0 */
// biome-ignore lint/suspicious/noExplicitAny: that is its meaning
export type AnyFlow = Flow<any, any>;
