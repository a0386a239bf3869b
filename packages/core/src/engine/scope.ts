import type { PayloadStore } from '../adapters/payload-store.ts';
import type { RunStore } from '../adapters/run-store.ts';
import type { TaskQueue } from '../adapters/task-queue.ts';
import type { AiworkError } from '../errors.ts';
import type { Policy } from '../policy.ts';
import type { RunEvent, RunEventBody, Stint } from '../run-event.ts';
import type { UseSlot } from '../slots.ts';
import type { TraceContext } from '../trace-context.ts';
import type { RunContext } from '../units/run-context.ts';
import type { AnyUnit } from '../units/runnable.ts';
import type { BudgetMeter, Usage } from './budget-meter.ts';
import type { Clock } from './clock.ts';
import type { Limits } from './limits.ts';
import type { RunState, StepState } from './run-state.ts';
import type { OpenSpan, Tracer } from './tracer.ts';
import type { UnitContext } from './unit-context.ts';

/** Stands in for the code of a step. Given by tests. */
export type Intercept = (
  stepId: string,
  ctx: RunContext,
  input: unknown,
) => { readonly output: unknown } | undefined;

/** What all runs of an orchestrator share. */
export interface Services {
  readonly clock: Clock;
  readonly runStore: RunStore;
  readonly payloads: PayloadStore | undefined;
  readonly limits: Limits;
  readonly owner: string;
  readonly leaseTtlMs: number;
  readonly graceMs: number;
  /** Whether results have to be in the store before what depends on them starts. */
  readonly sync: boolean;
  readonly use: UseSlot;
  /** Takes what is to run elsewhere. */
  readonly queue: TaskQueue | undefined;
  readonly intercept?: Intercept;
  readonly tracer: Tracer | undefined;
  publish(event: RunEvent): void;
  findUnit(id: string, version: string): AnyUnit | undefined;
  /** Runs a flow as a run of its own, or goes on with it. Rejects when work on it stops before its end. */
  runChild(unit: AnyUnit, input: unknown, options: ChildOptions): Promise<ChildEnd>;
  /** Has a worker of the unit's queue do that. */
  runElsewhere(
    unit: AnyUnit,
    input: unknown,
    options: ChildOptions & { readonly attempt: number },
  ): Promise<ChildEnd>;
}

/** How a child run ended, what it used and, when its journal was read for that, who worked on it. */
export type ChildEnd = { readonly used: Usage; readonly stints?: readonly Stint[] } & (
  | { readonly output: unknown }
  | { readonly error: AiworkError }
);

export interface ChildOptions {
  readonly runId: string;
  readonly parent: { readonly runId: string; readonly stepId: string };
  /** Cancels it, unless its parent is leaving: then it is left, too. */
  readonly signal: AbortSignal;
  readonly leaving: AbortSignal;
  readonly meter: BudgetMeter;
  /** Whether the meter knows what it used, should it be over. */
  readonly counted: boolean;
  readonly priority: number;
  readonly held: readonly string[];
  /** Of what it is a part. */
  readonly trace: TraceContext | undefined;
}

/** The run a piece of code works in. */
export interface RunScope {
  readonly runId: string;
  /** The id that code is shown: another one where this run is a step of a run that something else leads. */
  readonly shownId: string;
  readonly services: Services;
  /** Where its work is in a distributed trace. */
  readonly trace: TraceContext | undefined;
  readonly state: RunState;
  /** Whether a queue brought this run here to do the work of `unit`. */
  isFor(unit: AnyUnit): boolean;
  /** Aborts when work on the run stops here, so that it can go on elsewhere. */
  readonly leaving: AbortSignal;
  emit(body: RunEventBody): void;
  /** When everything emitted so far is as safe as asked for. */
  settled(): Promise<void> | undefined;
  /** Sees to it that the state knows what others left in the journal by now. Does not reject. */
  catchUp(): Promise<void>;
  /** Aborts everything at work in the run. */
  abort(reason: unknown): void;
  /** Counts code at work; a run in which none is, waits. */
  working(change: 1 | -1): void;
  /** Waits for a time or a delivery without counting as work. `wakeAt` is when it has to be looked at again. */
  parked<T>(wakeAt: number | undefined, wait: () => Promise<T>): Promise<T>;
  /** Resolves when the state of the step may have changed from outside. */
  delivered(stepId: string, signal: AbortSignal): Promise<void>;
  /** Runs a unit as a part of a step, under an id of its own. */
  runUnit(outer: Outer, stepId: string, unit: AnyUnit, input: unknown): Promise<unknown>;
  /** What has to be over before the run is: a sub-flow, or a part its step may not have waited for. */
  track(child: Promise<unknown>): void;
}

/** A step, or a part of one, while it is worked on. */
export interface Scope {
  readonly run: RunScope;
  readonly stepId: string;
  readonly state: StepState;
  readonly attempt: number;
  readonly signal: AbortSignal;
  /** Stops this scope for a reason. */
  abort(reason: unknown): void;
  readonly meter: BudgetMeter;
  readonly priority: number;
  /** Keys of concurrency limits held here and above: entering one again inside would wait for itself. */
  readonly held: readonly string[];
  readonly span: OpenSpan | undefined;
}

/** What a scope needs of the one around it. */
export type Outer = Pick<Scope, 'run' | 'signal' | 'meter' | 'priority' | 'held' | 'span'>;

/** Something to be done under a policy and an id. */
export interface Work {
  readonly stepId: string;
  readonly policy: Policy;
  /** What it calls, where it calls a unit. */
  readonly unit?: AnyUnit;
  /** What the unit is called with, where that is known before. */
  readonly input?: unknown;
  /** Key of the limits, unless the policy names one. */
  readonly limitKey: string;
  /** Whether `body` is code at work; otherwise it only waits for parts that are. */
  readonly counts: boolean;
  body(ctx: UnitContext, scope: Scope): unknown;
}
