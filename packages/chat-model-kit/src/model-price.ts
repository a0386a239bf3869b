import type { ModelUsage, PricePerToken } from '@aiwork/core';

/** What tokens cost, in US dollars for a million of them. @since 0.1.0 */
export interface TokenPrices {
  readonly input: number;
  readonly output: number;
  /** Of what a cache of the provider knew. Default: as `input`. */
  readonly cachedInput?: number;
  /** Of what a cache of the provider took up. Default: as `input`. */
  readonly cacheWrite?: number;
}

/** What a call costs: by a table, or by a function that gives US dollars, or nothing where it does not know. @since 0.1.0 */
export type ModelPrice = TokenPrices | ((usage: ModelUsage) => number | undefined);

/**
 * A usage with its cost. What the provider itself says goes before `price`.
 *
 * @example
 * ```ts
 * import { withCost } from '@aiwork/chat-model-kit';
 *
 * const usage = { inputTokens: 1000, outputTokens: 100, cachedInputTokens: 600 };
 * console.log(withCost(usage, { input: 2, output: 10, cachedInput: 0.5 }).cost); // 0.0021
 * ```
 * @since 0.1.0
 */
export function withCost<Usage extends ModelUsage>(
  usage: Usage,
  price: ModelPrice | undefined,
): Usage & Pick<ModelUsage, 'cost'> {
  if (price === undefined || usage.cost !== undefined) return usage;
  const cost = typeof price === 'function' ? price(usage) : costBy(price, usage);
  return cost === undefined ? usage : { ...usage, cost };
}

/**
 * The most that a token costs by a table. A function is asked about calls that were made, and tells nothing before.
 *
 * @example
 * ```ts
 * import { highestPrice } from '@aiwork/chat-model-kit';
 *
 * console.log(highestPrice({ input: 3, output: 15, cacheWrite: 4 })); // { inputToken: 0.000004, outputToken: 0.000015 }
 * ```
 * @since 0.1.0
 */
export function highestPrice(price: ModelPrice | undefined): PricePerToken | undefined {
  if (price === undefined || typeof price === 'function') return undefined;
  const { input, output, cachedInput = input, cacheWrite = input } = price;
  const most = Math.max(input, cachedInput, cacheWrite);
  return { inputToken: most / 1_000_000, outputToken: output / 1_000_000 };
}

function costBy(prices: TokenPrices, usage: ModelUsage): number {
  const { input, output, cachedInput = input, cacheWrite = input } = prices;
  const { inputTokens, outputTokens, cachedInputTokens = 0, cacheWriteTokens = 0 } = usage;
  const plain = inputTokens - cachedInputTokens - cacheWriteTokens;
  const all =
    plain * input + cachedInputTokens * cachedInput + cacheWriteTokens * cacheWrite + outputTokens * output;
  return all / 1_000_000;
}
