import type { BudgetMeter } from './budget-meter.ts';
import type { Outer, RunScope } from './scope.ts';
import type { OpenSpan } from './tracer.ts';

/** What steps have of their run. Its signal is made when somebody asks: it costs more than the rest of a quick run. */
export class OuterOfRun implements Outer {
  readonly run: RunScope;
  readonly meter: BudgetMeter;
  readonly priority: number;
  held: readonly string[];
  span: OpenSpan | undefined;
  #controller: AbortController | undefined;

  constructor(run: RunScope, meter: BudgetMeter, priority: number, held: readonly string[]) {
    this.run = run;
    this.meter = meter;
    this.priority = priority;
    this.held = held;
    this.span = undefined;
  }

  get signal(): AbortSignal {
    return this.#abortController().signal;
  }

  abort(reason: unknown): void {
    this.#abortController().abort(reason);
  }

  #abortController(): AbortController {
    this.#controller ??= new AbortController();
    return this.#controller;
  }
}
