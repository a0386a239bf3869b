import { AiworkError } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { outcomeOf, refused, scriptedCall, unavailable, watch } from './calls.fixture.ts';
import { deadline, protectCall, retry, retryBudget } from './index.ts';

describe('retry', () => {
  it('calls again with exponential backoff until it succeeds', async () => {
    const { clock, options, seen } = watch();
    const call = scriptedCall(clock, [unavailable(), unavailable(), unavailable(), 'answer']);
    const ask = protectCall(call, [retry({ maxAttempts: 4, minDelay: 100 })], options);
    expect(await ask({})).toBe('answer');
    expect(seen()).toEqual(['0 retry', '100 retry', '300 retry', '700 call.succeeded']);
  });

  it('draws the delay evenly below that', async () => {
    const { clock, options, events } = watch();
    const call = scriptedCall(clock, [unavailable(), unavailable(), 'answer']);
    await protectCall(call, [retry({ minDelay: 100 })], { ...options, random: () => 0.25 })({});
    expect(events).toMatchObject([{ delayMs: 25 }, { delayMs: 50 }, {}]);
  });

  it('gives the last failure when there are no attempts left', async () => {
    const { clock, options, events } = watch();
    const call = scriptedCall(clock, [unavailable()]);
    expect(await outcomeOf(protectCall(call, [retry({ maxAttempts: 3 })], options)({}))).toBe(
      'AIWORK_TEST_UNAVAILABLE',
    );
    expect(call.signals).toHaveLength(3);
    expect(events.at(-1)).toMatchObject({
      type: 'call.failed',
      shown: false,
      error: { message: 'status 503' },
    });
  });

  it('waits at least Retry-After', async () => {
    const { clock, options } = watch();
    const call = scriptedCall(clock, [unavailable(5000), 'answer']);
    await protectCall(call, [retry({ minDelay: 100 })], options)({});
    expect(clock.now()).toBe(5000);
  });

  it('waits for no Retry-After that is too long', async () => {
    const { clock, options, events } = watch();
    const call = scriptedCall(clock, [unavailable(61_000), 'answer']);
    await outcomeOf(protectCall(call, [retry()], options)({}));
    expect([clock.now(), events[0]]).toMatchObject([0, { type: 'retry.refused', by: 'retry-after' }]);
  });

  it('does not wait where the deadline would pass meanwhile', async () => {
    const { clock, options, events } = watch();
    const call = scriptedCall(clock, [unavailable(2000), 'answer']);
    const ask = protectCall(call, [deadline('1s'), retry()], options);
    expect(await outcomeOf(ask({}))).toBe('AIWORK_TEST_UNAVAILABLE');
    expect([clock.now(), events[0]]).toMatchObject([0, { type: 'retry.refused', by: 'deadline' }]);
  });

  it.each([
    ['an error that says it is not retryable', refused()],
    [
      'a write of which nobody knows whether it was done',
      new AiworkError('AIWORK_TEST', 'no reply', { retryable: true, outcome: 'unknown' }),
    ],
  ])('does not repeat %s', async (_, error) => {
    const { clock, options } = watch();
    const call = scriptedCall(clock, [error]);
    await outcomeOf(protectCall(call, [retry()], options)({}));
    expect(call.signals).toHaveLength(1);
  });

  it('asks retryOn instead', async () => {
    const { clock, options } = watch();
    const call = scriptedCall(clock, [refused(), 'answer']);
    expect(await protectCall(call, [retry({ retryOn: () => true })], options)({})).toBe('answer');
  });

  it('ends at once when the caller aborts while it waits', async () => {
    const { clock, options, events } = watch({ auto: false });
    const abort = new AbortController();
    const call = scriptedCall(clock, [unavailable()]);
    const asked = outcomeOf(protectCall(call, [retry()], options)({}, { signal: abort.signal }));
    await clock.advance(1);
    abort.abort('enough');
    expect(await asked).toBe('enough');
    expect([events.at(-1)?.type, clock.pending]).toEqual(['call.left', 0]);
  });
});

describe('a retry budget', () => {
  it('bounds what all calls that share it repeat', async () => {
    const { clock, options, events } = watch();
    const budget = retryBudget({ ratio: 0.1, minimum: 2 });
    const layers = [retry({ maxAttempts: 10, minDelay: 0, budget })] as const;
    const [one, other] = [
      protectCall(scriptedCall(clock, [unavailable()]), layers, options),
      protectCall(scriptedCall(clock, [unavailable()]), layers, options),
    ];
    for (let i = 0; i < 50; i += 1) await Promise.all([outcomeOf(one({})), outcomeOf(other({}))]);
    // A tenth of 100 calls, and 2.
    expect(events.filter(({ type }) => type === 'retry')).toHaveLength(12);
    expect(events.find(({ type }) => type === 'retry.refused')).toMatchObject({ by: 'budget' });
  });

  it('is full again when its window has passed', () => {
    const budget = retryBudget({ ratio: 0, minimum: 1, window: '10s' });
    expect([budget.withdraw(0), budget.withdraw(9_000), budget.withdraw(10_000)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
