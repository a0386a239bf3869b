import { expect, it } from 'vitest';
import { highestPrice, withCost } from './model-price.ts';

const usage = { inputTokens: 1000, outputTokens: 100, cachedInputTokens: 600, cacheWriteTokens: 100 };

it('counts each kind of token once', () => {
  const all = { input: 1, output: 10, cachedInput: 0.1, cacheWrite: 2 };
  expect(withCost(usage, all).cost).toBeCloseTo((300 * 1 + 600 * 0.1 + 100 * 2 + 100 * 10) / 1_000_000, 12);
});

it('takes cached tokens for plain ones where the table does not say', () => {
  expect(withCost(usage, { input: 1, output: 10 }).cost).toBeCloseTo((1000 + 1000) / 1_000_000, 12);
});

it('takes what the provider says, a function that does not know, and no price as they are', () => {
  expect(withCost({ ...usage, cost: 7 }, { input: 1, output: 1 }).cost).toBe(7);
  expect(withCost(usage, () => undefined)).toEqual(usage);
  expect(withCost(usage, undefined)).toEqual(usage);
  expect(withCost({ inputTokens: 0, outputTokens: 0 }, { input: 1, output: 1 }).cost).toBe(0);
});

it('tells the most that a token may cost, where that is known before a call', () => {
  const dear = { input: 1, output: 10, cachedInput: 0.1, cacheWrite: 2 };
  expect(highestPrice(dear)).toEqual({ inputToken: 2e-6, outputToken: 1e-5 });
  expect(highestPrice(() => 1)).toBeUndefined();
  expect(highestPrice(undefined)).toBeUndefined();
});
