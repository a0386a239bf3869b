import { toMilliseconds } from '../duration.ts';
import { AiworkError } from '../errors.ts';
import type { Budget } from '../policy.ts';

/** What was used of what budgets limit. */
export interface Usage {
  tokens: number;
  cost: number;
  modelCalls: number;
  toolCalls: number;
}

const counted = ['tokens', 'cost', 'modelCalls', 'toolCalls'] as const;

/** A limit that was crossed. */
export interface Exceeded {
  readonly limit: string;
  readonly used: number;
  readonly allowed: number;
}

/** Counts usage against a budget, and passes it on to the meter around it. */
export interface BudgetMeter {
  readonly used: Usage;
  readonly wallTimeMs: number | undefined;
  /** Counts usage here and above; gives the innermost limit that is crossed now. */
  add(usage: Partial<Usage>): Exceeded | undefined;
  /** A limit, here or above, that leaves nothing for another call of this kind. */
  exhausted(kind: 'model' | 'tool'): Exceeded | undefined;
  /** What may still be used, as the budget of work that is done elsewhere. */
  left(): Partial<Usage>;
}

/** Makes a meter; `outer` is the one of the run or step around it. */
export function createBudgetMeter(budget: Budget = noBudget, outer?: BudgetMeter): BudgetMeter {
  return new Meter(budget, outer);
}

const noBudget: Budget = {};

// A class, since there is one for each run: closures would be a part of what a quick one takes.
class Meter implements BudgetMeter {
  readonly used: Usage = { tokens: 0, cost: 0, modelCalls: 0, toolCalls: 0 };
  readonly wallTimeMs: number | undefined;
  readonly #budget: Budget;
  readonly #outer: BudgetMeter | undefined;

  constructor(budget: Budget, outer: BudgetMeter | undefined) {
    this.#budget = budget;
    this.#outer = outer;
    this.wallTimeMs = budget.wallTime === undefined ? undefined : toMilliseconds(budget.wallTime);
  }

  add(usage: Partial<Usage>): Exceeded | undefined {
    for (const field of counted) this.used[field] += usage[field] ?? 0;
    const above = this.#outer?.add(usage);
    return this.#crossed(counted, (have, allowed) => have > allowed) ?? above;
  }

  exhausted(kind: 'model' | 'tool'): Exceeded | undefined {
    const fields = kind === 'model' ? (['tokens', 'cost', 'modelCalls'] as const) : (['toolCalls'] as const);
    return this.#crossed(fields, (have, allowed) => have >= allowed) ?? this.#outer?.exhausted(kind);
  }

  left(): Partial<Usage> {
    const left = { ...this.#outer?.left() };
    for (const field of counted) {
      const allowed = this.#budget[field];
      if (allowed === undefined) continue;
      const own = Math.max(0, allowed - this.used[field]);
      left[field] = Math.min(left[field] ?? Number.POSITIVE_INFINITY, own);
    }
    return left;
  }

  #crossed(
    fields: readonly (keyof Usage)[],
    isOver: (used: number, allowed: number) => boolean,
  ): Exceeded | undefined {
    for (const limit of fields) {
      const allowed = this.#budget[limit];
      const used = this.used[limit];
      if (allowed !== undefined && isOver(used, allowed)) return { limit, used, allowed };
    }
    return undefined;
  }
}

export function budgetError({ limit, used, allowed }: Exceeded, stepId: string): AiworkError {
  return new AiworkError(
    'AIWORK_BUDGET_EXCEEDED',
    `step "${stepId}" used up the budget: ${limit} is ${used} of ${allowed} allowed; raise the budget, or do with less`,
    { stepId },
  );
}

/** What an event says was used. */
export function usageOf(event: {
  readonly type: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cost?: number;
}): Partial<Usage> {
  if (event.type === 'tool.called') return { toolCalls: 1 };
  return {
    modelCalls: 1,
    tokens: (event.inputTokens ?? 0) + (event.outputTokens ?? 0),
    cost: event.cost ?? 0,
  };
}
