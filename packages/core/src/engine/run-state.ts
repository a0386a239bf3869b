import type { RunError } from '../run-error.ts';
import type { FinalStatus, RunEvent } from '../run-event.ts';
import type { TraceContext } from '../trace-context.ts';
import { type Usage, usageOf } from './budget-meter.ts';

/** Where a step is. */
export type StepStatus = 'pending' | 'running' | 'succeeded' | 'failed' | 'skipped' | 'cancelled';

/** A delivered payload. */
export interface Delivery {
  readonly payload: unknown;
  readonly idempotencyKey?: string;
}

/** What the journal says of one step or part of a step. */
export interface StepState {
  status: StepStatus;
  /** Attempts started. */
  attempt: number;
  /** When the first attempt was, or 0. */
  startedAt: number;
  /** Attempts that failed and were followed by another. */
  failures: number;
  /** Of these, the ones in earlier attempts of the step this is a part of: they do not count against its own retry. */
  pastFailures?: number;
  output?: unknown;
  error?: RunError;
  /** When the next attempt may start. */
  retryAt?: number;
  inputs?: readonly unknown[];
  until?: number;
  waiting?: { readonly expiresAt?: number };
  deliveries?: Delivery[];
  effects?: Map<string, unknown>;
  undone?: boolean;
  /** The child run, from 1, whose usage was counted last. */
  countedChild?: number;
}

/** What follows from a run's events. */
export interface RunState {
  seq: number;
  startedAt: number;
  digests?: Readonly<Record<string, string>>;
  /** The first there was. */
  trace?: TraceContext;
  readonly steps: Map<string, StepState>;
  /** Whether any of them was started by the code of another. */
  hasParts: boolean;
  /** Ids of succeeded steps, in the order they did. */
  readonly succeeded: string[];
  /** By step; made when something is first used. */
  usage?: Map<string, Usage>;
  cancelRequested?: string;
  ending?: { readonly status: 'failed' | 'cancelled'; readonly error: RunError };
  finished?: { readonly status: FinalStatus; readonly output?: unknown; readonly error?: RunError };
}

export function emptyRunState(): RunState {
  return { seq: 0, startedAt: 0, steps: new Map(), hasParts: false, succeeded: [] };
}

/** The state of a step, made when it is first spoken of. */
export function stepState(state: RunState, stepId: string): StepState {
  let step = state.steps.get(stepId);
  if (!step) {
    // With `output` from the start, a step that gives one keeps its hidden class.
    step = { status: 'pending', attempt: 0, startedAt: 0, failures: 0, output: undefined };
    state.steps.set(stepId, step);
    if (!state.hasParts && stepId.includes('/')) state.hasParts = true;
  }
  return step;
}

/** Changes `state` by one event: the same while a run works and when it is taken up again from its journal. */
export function applyEvent(state: RunState, event: RunEvent): void {
  if (event.seq > state.seq) state.seq = event.seq;
  switch (event.type) {
    case 'run.started':
      state.startedAt = event.at;
      state.digests = event.digests;
      if (event.trace) state.trace = event.trace;
      return;
    case 'run.resumed':
      if (event.trace) state.trace ??= event.trace;
      return;
    case 'run.cancel-requested':
      state.cancelRequested ??= event.reason;
      return;
    case 'run.ending':
      state.ending = { status: event.status, error: event.error };
      return;
    case 'run.finished':
      state.finished = event;
      return;
    case 'step.started': {
      const step = stepState(state, event.stepId);
      step.status = 'running';
      step.attempt = event.attempt;
      if (step.startedAt === 0) step.startedAt = event.at;
      if (step.retryAt !== undefined) delete step.retryAt;
      return;
    }
    case 'step.succeeded': {
      const step = stepState(state, event.stepId);
      step.status = 'succeeded';
      step.output = event.output;
      state.succeeded.push(event.stepId);
      return;
    }
    case 'step.failed': {
      const step = stepState(state, event.stepId);
      step.status = 'failed';
      step.error = event.error;
      return;
    }
    case 'step.skipped':
      stepState(state, event.stepId).status = 'skipped';
      return;
    case 'step.cancelled':
      stepState(state, event.stepId).status = 'cancelled';
      return;
    case 'step.retrying': {
      const step = stepState(state, event.stepId);
      step.failures += 1;
      step.retryAt = event.at + event.delayMs;
      if (state.hasParts) forgetFailuresInside(state, event.stepId);
      return;
    }
    case 'step.expanded':
      stepState(state, event.stepId).inputs = event.inputs;
      return;
    case 'step.sleeping':
      stepState(state, event.stepId).until = event.until;
      return;
    case 'step.waiting': {
      const { expiresAt } = event;
      stepState(state, event.stepId).waiting = expiresAt === undefined ? {} : { expiresAt };
      return;
    }
    case 'step.undone':
      stepState(state, event.stepId).undone = true;
      return;
    case 'signal.received': {
      const step = stepState(state, event.stepId);
      const { payload, idempotencyKey } = event;
      const known =
        idempotencyKey !== undefined && step.deliveries?.some((d) => d.idempotencyKey === idempotencyKey);
      if (known) return;
      step.deliveries = [
        ...(step.deliveries ?? []),
        { payload, ...(idempotencyKey !== undefined && { idempotencyKey }) },
      ];
      return;
    }
    case 'effect.recorded': {
      const step = stepState(state, event.stepId);
      step.effects ??= new Map();
      step.effects.set(event.key, event.value);
      return;
    }
    case 'model.called':
    case 'tool.called':
      addUsage(state, event.stepId, usageOf(event));
      return;
    case 'child.used': {
      const step = stepState(state, event.stepId);
      step.countedChild = step.failures + 1;
      addUsage(state, event.stepId, event);
    }
  }
}

/** The next attempt of a step does again what failed, or was aborted, inside the last one, and keeps what succeeded. */
function forgetFailuresInside(state: RunState, stepId: string): void {
  for (const [id, part] of state.steps) {
    if (!id.startsWith(`${stepId}/`) || (part.status !== 'failed' && part.status !== 'running')) continue;
    part.status = 'pending';
    part.failures += 1;
    part.pastFailures = part.failures;
    delete part.error;
    // An approval that expired is asked for anew.
    delete part.waiting;
    delete part.retryAt;
  }
}

function addUsage(state: RunState, stepId: string, usage: Partial<Usage>): void {
  state.usage ??= new Map();
  const sum = state.usage.get(stepId) ?? { tokens: 0, cost: 0, modelCalls: 0, toolCalls: 0 };
  sum.tokens += usage.tokens ?? 0;
  sum.cost += usage.cost ?? 0;
  sum.modelCalls += usage.modelCalls ?? 0;
  sum.toolCalls += usage.toolCalls ?? 0;
  state.usage.set(stepId, sum);
}

/** What a step and its parts used, or, without `stepId`, what the whole run used. */
export function usageIn(state: RunState, stepId?: string): Usage {
  const sum: Usage = { tokens: 0, cost: 0, modelCalls: 0, toolCalls: 0 };
  for (const [id, used] of state.usage ?? []) {
    if (stepId !== undefined && id !== stepId && !id.startsWith(`${stepId}/`) && !id.startsWith(`${stepId}[`))
      continue;
    sum.tokens += used.tokens;
    sum.cost += used.cost;
    sum.modelCalls += used.modelCalls;
    sum.toolCalls += used.toolCalls;
  }
  return sum;
}
