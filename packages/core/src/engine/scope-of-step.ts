import type { BudgetMeter } from './budget-meter.ts';
import type { StepState } from './run-state.ts';
import type { Outer, RunScope, Scope } from './scope.ts';
import type { OpenSpan } from './tracer.ts';

/** The scope of a step that is nothing but code, with the signal of its run, which is not made before the code asks. */
export class ScopeOfStep implements Scope {
  readonly run: RunScope;
  readonly meter: BudgetMeter;
  readonly priority: number;
  readonly held: readonly string[];
  readonly stepId: string;
  readonly state: StepState;
  readonly attempt: number;
  readonly span: OpenSpan | undefined;
  readonly #outer: Outer;

  constructor(outer: Outer, stepId: string, state: StepState, attempt: number, span: OpenSpan | undefined) {
    this.run = outer.run;
    this.meter = outer.meter;
    this.priority = outer.priority;
    this.held = outer.held;
    this.stepId = stepId;
    this.state = state;
    this.attempt = attempt;
    this.span = span;
    this.#outer = outer;
  }

  get signal(): AbortSignal {
    return this.#outer.signal;
  }

  abort(reason: unknown): void {
    this.run.abort(reason);
  }
}
