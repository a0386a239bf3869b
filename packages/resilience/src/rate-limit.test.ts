import { generate } from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { describe, expect, it } from 'vitest';
import { outcomeOf, scriptedCall, unavailable, watch } from './calls.fixture.ts';
import { protectCall, protectModel, rateLimit } from './index.ts';
import { weighedWindow } from './weighed-window.ts';

describe('rateLimit', () => {
  it('lets so many begin in any stretch of time', async () => {
    const { clock, options } = watch();
    const begun: number[] = [];
    const limit = rateLimit({ id: 'r', requests: { limit: 3, per: '1s' } });
    const ask = protectCall(async () => begun.push(clock.now()), [limit], options);
    await Promise.all(Array.from({ length: 8 }, () => ask()));
    expect(begun).toEqual([0, 0, 0, 1000, 1000, 1000, 2000, 2000]);
  });

  it('refuses at once what would wait too long, and says how long', async () => {
    const { options, events } = watch();
    const limit = rateLimit({ id: 'r', requests: { limit: 1, per: '10s' }, maxWait: '5s' });
    const ask = protectCall(async () => 'answer', [limit], options);
    await ask();
    await expect(ask()).rejects.toMatchObject({
      code: 'AIWORK_RATE_EXCEEDED',
      retryable: true,
      retryAfterMs: 10_000,
    });
    expect(events.find(({ type }) => type === 'rate-limit.refused')).toMatchObject({ by: 'requests' });
  });

  it('counts what models use instead of what was estimated', async () => {
    const { clock, options } = watch();
    const usage = { inputTokens: 40, outputTokens: 50 };
    const model = protectModel(
      scriptedChatModel([
        { text: 'a', usage },
        { text: 'b', usage },
        { text: 'c', usage },
      ]),
      [rateLimit({ id: 'r', tokens: { limit: 100, per: '1m' } })],
      options,
    );
    const ask = { messages: [{ role: 'user', content: 'four' }], maxTokens: 5 } as const;
    await generate(model, ask);
    // 10 estimated on top of 90 used.
    await generate(model, ask);
    expect(clock.now()).toBe(0);
    await generate(model, ask);
    expect(clock.now()).toBe(60_000);
  });

  it('refuses what is more than the limit ever lets through', async () => {
    const { options } = watch();
    const model = protectModel(
      scriptedChatModel(['a']),
      [rateLimit({ id: 'r', tokens: { limit: 100, per: '1m' } })],
      options,
    );
    const ask = { messages: [{ role: 'user', content: 'x'.repeat(400) }] } as const;
    expect(await outcomeOf(generate(model, ask))).toBe('AIWORK_LIMIT_EXCEEDED');
  });

  it('has all wait as long as the provider asks one to', async () => {
    const { clock, options, events } = watch();
    const limit = rateLimit({ id: 'r' });
    const limited = protectCall(scriptedCall(clock, [unavailable(7000)]), [limit], options);
    await outcomeOf(limited({}));
    await protectCall(async () => 'answer', [limit], options)();
    expect([clock.now(), events.at(-2)]).toMatchObject([
      7000,
      { type: 'rate-limit.waiting', by: 'provider' },
    ]);
  });

  it('has those that wait already wait longer when the provider asks for more', async () => {
    const { clock, options } = watch();
    const limit = rateLimit({ id: 'r', requests: { limit: 2, per: '1s' } });
    const slow = protectCall(
      scriptedCall(clock, [{ afterMs: 500, gives: unavailable(9000) }]),
      [limit],
      options,
    );
    const ask = protectCall(async () => clock.now(), [limit], options);
    const [, , third] = await Promise.all([outcomeOf(slow({})), ask(), ask()]);
    expect(third).toBe(9500);
  });

  it('lets nobody wait beyond maxWait, also who waits already when the provider asks for more', async () => {
    const { clock, options, events } = watch();
    const limit = rateLimit({ id: 'r', requests: { limit: 2, per: '1s' }, maxWait: '5s' });
    const busy = scriptedCall(clock, [{ afterMs: 500, gives: unavailable(3_600_000) }]);
    const ask = protectCall(async () => clock.now(), [limit], options);
    const failing = outcomeOf(protectCall(busy, [limit], options)({}));
    const [, third] = await Promise.all([ask(), ask().catch((error: unknown) => error), failing]);
    expect(third).toMatchObject({ code: 'AIWORK_RATE_EXCEEDED', retryAfterMs: 3_599_500 });
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'rate-limit.refused', by: 'provider', waitMs: 3_599_500 }),
    );
    expect(clock.now()).toBeLessThanOrEqual(5000);
  });

  it('takes nothing of the limit for a caller that aborts while it waits', async () => {
    const { clock, options } = watch({ auto: false });
    const limit = rateLimit({ id: 'r', requests: { limit: 1, per: '1s' } });
    const ask = protectCall(async () => clock.now(), [limit], options);
    await ask();
    const abort = new AbortController();
    const left = outcomeOf(ask(undefined, { signal: abort.signal }));
    await clock.advance(1);
    abort.abort('left');
    expect(await left).toBe('left');
    const next = ask();
    await clock.advance(1000);
    expect(await next).toBe(1000);
  });
});

describe('a window', () => {
  it('lets nothing light overtake what is heavy and waits', () => {
    const window = weighedWindow(100, 1000, 5000);
    window.admit(90, 0);
    expect(window.freeAt(50, 0)).toBe(1000);
    window.admit(50, 1000);
    expect([window.freeAt(5, 0), window.freeAt(60, 0)]).toEqual([1000, 2000]);
    const roomy = weighedWindow(100, 1000, 5000);
    roomy.admit(5, 700);
    expect(roomy.freeAt(5, 0)).toBe(700);
  });

  it('is not stuck when the clock is set back', () => {
    const window = weighedWindow(1, 1000, 5000);
    window.admit(1, 1_000_000);
    expect(window.freeAt(1, 10_000)).toBe(10_000);
  });
});
