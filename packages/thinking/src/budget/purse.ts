import type { ModelUsage } from '@aiwork/core';
import { untilAborted } from '@aiwork/core/adapter-kit';
import type { BudgetLimit, ThinkingBudget, ThinkingUsage } from './thinking-budget.ts';

/** Most that a call takes, as is said before it. */
export interface Share {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What is set aside for a call on its way. It is settled once: later ones do nothing. */
export interface Reservation {
  /** With what was used; without it, the call counts with what it was told and nothing of a reply. */
  settle(usage?: ModelUsage): void;
}

/** Why a call cannot be afforded. */
export interface Refusal extends BudgetLimit {
  readonly wanted: number;
}

/** Holds a budget over calls that run at once. */
export interface Purse {
  readonly usage: ThinkingUsage;
  /**
   * Sets a share aside, or says which limit it does not fit into. What would fit if calls on their way took less than they
   * may waits for them.
   */
  reserve(share: Share, signal: AbortSignal): Promise<Reservation | Refusal>;
}

const nothing: ThinkingUsage = { inputTokens: 0, outputTokens: 0, cost: 0, modelCalls: 0 };

export function createPurse(budget: ThinkingBudget): Purse {
  const onTheirWay = new Set<ThinkingUsage>();
  let usage = nothing;
  let settled = Promise.withResolvers<void>();

  const used = ({ inputTokens, outputTokens, cost }: ModelUsage): ThinkingUsage => ({
    inputTokens,
    outputTokens,
    cost: cost ?? priceOf(budget, inputTokens, outputTokens),
    modelCalls: 1,
  });

  function settle(held: ThinkingUsage, by: ThinkingUsage): void {
    if (!onTheirWay.delete(held)) return;
    usage = sum([usage, by]);
    settled.resolve();
    settled = Promise.withResolvers();
  }

  return {
    get usage() {
      return usage;
    },
    async reserve(share, signal) {
      const wanted = used(share);
      for (;;) {
        const refusal = refusalOf(budget, sum([usage, ...onTheirWay]), wanted);
        if (!refusal) break;
        if (onTheirWay.size === 0 || refusalOf(budget, usage, wanted)) return refusal;
        await untilAborted(settled.promise, signal);
      }
      onTheirWay.add(wanted);
      return {
        settle: (by = { inputTokens: share.inputTokens, outputTokens: 0 }) => settle(wanted, used(by)),
      };
    },
  };
}

function priceOf({ price }: ThinkingBudget, inputTokens: number, outputTokens: number): number {
  return price ? inputTokens * price.inputToken + outputTokens * price.outputToken : 0;
}

function sum(usages: readonly ThinkingUsage[]): ThinkingUsage {
  return usages.reduce(
    (all, one) => ({
      inputTokens: all.inputTokens + one.inputTokens,
      outputTokens: all.outputTokens + one.outputTokens,
      cost: all.cost + one.cost,
      modelCalls: all.modelCalls + one.modelCalls,
    }),
    nothing,
  );
}

const tokensOf = ({ inputTokens, outputTokens }: ThinkingUsage) => inputTokens + outputTokens;

function refusalOf(budget: ThinkingBudget, have: ThinkingUsage, wanted: ThinkingUsage): Refusal | undefined {
  const limits = [
    { limit: 'modelCalls', used: have.modelCalls, wanted: wanted.modelCalls },
    { limit: 'tokens', used: tokensOf(have), wanted: tokensOf(wanted) },
    { limit: 'cost', used: have.cost, wanted: wanted.cost },
  ] as const;
  for (const { limit, used, wanted: more } of limits) {
    const allowed = budget[limit];
    if (allowed !== undefined && used + more > allowed) return { limit, used, wanted: more, allowed };
  }
  return undefined;
}
