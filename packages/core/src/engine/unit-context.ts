import type { ModelReply } from '../adapters/chat-model.ts';
import type { TracedModelCall } from '../adapters/telemetry.ts';
import type { Duration } from '../duration.ts';
import type { RunEventBody } from '../run-event.ts';
import type { Schema } from '../schema.ts';
import type { RunContext } from '../units/run-context.ts';

type OfStep<T extends RunEventBody['type']> = Omit<Extract<RunEventBody, { type: T }>, 'stepId'>;

/** What agents need of the engine beyond what every unit is given. */
export interface UnitContext extends RunContext {
  /**
   * Journals what was spent, and counts it against the budgets of the step, the run and the runs above it. Crossing one
   * fails the step and aborts `signal`; the call that crossed it is still recorded.
   *
   * @throws `AIWORK_BUDGET_EXCEEDED`.
   */
  spend(event: OfStep<'model.called'> | OfStep<'tool.called'>): void;
  /** Refuses when a budget of that kind is already used up. @throws `AIWORK_BUDGET_EXCEEDED`. */
  requireBudget(kind: 'model' | 'tool'): void;
  /** Makes a call of a model, and shows it to telemetry. */
  traceModelCall(
    asked: Pick<TracedModelCall, 'model' | 'agent' | 'request'>,
    call: () => Promise<ModelReply>,
  ): Promise<ModelReply>;
  /** Journals what a guardrail decided. */
  decided(event: OfStep<'guardrail.decided'>): void;
  /** Shows a piece of a model's text to whoever watches; not journaled. */
  delta(text: string): void;
  /**
   * Waits for a payload from outside, delivered by `orchestrator.signal(runId, `${stepId}/${key}`, payload)`. Journaled:
   * a resume keeps the answer.
   */
  waitFor<T>(
    key: string,
    options: { readonly payload: Schema<unknown, T>; readonly prompt?: unknown; readonly expires?: Duration },
  ): Promise<T>;
}
