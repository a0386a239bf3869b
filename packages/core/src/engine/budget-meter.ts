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
export function createBudgetMeter(budget: Budget = {}, outer?: BudgetMeter): BudgetMeter {
  const used: Usage = { tokens: 0, cost: 0, modelCalls: 0, toolCalls: 0 };
  const check = (over: (used: number, allowed: number) => boolean, fields: readonly (keyof Usage)[]) => {
    for (const limit of fields) {
      const allowed = budget[limit];
      if (allowed !== undefined && over(used[limit], allowed)) return { limit, used: used[limit], allowed };
    }
    return undefined;
  };
  return {
    used,
    wallTimeMs: budget.wallTime === undefined ? undefined : toMilliseconds(budget.wallTime),
    add(usage) {
      for (const field of counted) used[field] += usage[field] ?? 0;
      const above = outer?.add(usage);
      return check((have, allowed) => have > allowed, counted) ?? above;
    },
    exhausted(kind) {
      const fields =
        kind === 'model' ? (['tokens', 'cost', 'modelCalls'] as const) : (['toolCalls'] as const);
      return check((have, allowed) => have >= allowed, fields) ?? outer?.exhausted(kind);
    },
    left() {
      const left = { ...outer?.left() };
      for (const field of counted) {
        const allowed = budget[field];
        if (allowed === undefined) continue;
        left[field] = Math.min(left[field] ?? Number.POSITIVE_INFINITY, Math.max(0, allowed - used[field]));
      }
      return left;
    },
  };
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
