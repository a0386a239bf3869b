import { expect, it } from 'vitest';
import { askedBudget } from './asked-budget.ts';

it.each([
  ['20000', { tokens: 20_000 }],
  ['20000tokens', { tokens: 20_000 }],
  ['12calls', { modelCalls: 12 }],
  ['5m', { wallTime: 300_000 }],
  ['0.05usd', { cost: 0.05 }],
  ['$2', { cost: 2 }],
  ['20000, 12calls,30s', { tokens: 20_000, modelCalls: 12, wallTime: 30_000 }],
])('reads %s', (given, budget) => {
  expect(askedBudget(given)).toEqual(budget);
});

it.each(['', '0', '-1', '1.5', '12 cows', '0usd', '$1.2.3', '20000,'])('refuses %j', (given) => {
  expect(() => askedBudget(given)).toThrow('as in 20000,12calls,30s');
});
