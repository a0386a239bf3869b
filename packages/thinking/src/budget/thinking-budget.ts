import { AiworkError, type Duration, type PricePerToken, toMilliseconds } from '@aiwork/core';

/**
 * What thinking may use up. No call is begun whose stated share, the tokens of what it is told and its `maxTokens`, does
 * not fit into what is left, with all calls on their way counted at theirs.
 *
 * @since 0.1.0
 */
export interface ThinkingBudget {
  /** Input and output tokens together. */
  readonly tokens?: number;
  /** US dollars. Needs a model that tells its `price`, or {@link ThinkingBudget.price}. */
  readonly cost?: number;
  readonly modelCalls?: number;
  /** Calls that are on their way when it is over are aborted, and what was found until then counts. */
  readonly wallTime?: Duration;
  /** What tokens cost. What the model says a call did cost goes before it. Default: the `price` of the model. */
  readonly price?: PricePerToken;
}

/** A limit of a budget, and what is used of it. @since 0.1.0 */
export interface BudgetLimit {
  readonly limit: 'tokens' | 'cost' | 'modelCalls' | 'wallTime';
  readonly used: number;
  readonly allowed: number;
}

/** What was used. @since 0.1.0 */
export interface ThinkingUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** In US dollars, as far as models say or the budget has a price. */
  readonly cost: number;
  readonly modelCalls: number;
}

/**
 * Refuses a budget that is none.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 */
export function checkBudget({ tokens, cost, modelCalls, wallTime, price }: ThinkingBudget): void {
  const amounts = {
    tokens,
    cost,
    modelCalls,
    inputToken: price?.inputToken,
    outputToken: price?.outputToken,
  };
  for (const [name, amount] of Object.entries(amounts)) {
    if (amount === undefined || (Number.isFinite(amount) && amount >= 0)) continue;
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      `budget.${name} is ${amount}: give a number of 0 or more`,
    );
  }
  if (wallTime !== undefined) toMilliseconds(wallTime, 'budget.wallTime');
  if (cost !== undefined && price === undefined) {
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      'budget.cost needs to know what tokens cost, for a call is begun only when what it may cost fits: give the model its price as a table, or give budget.price',
    );
  }
}
