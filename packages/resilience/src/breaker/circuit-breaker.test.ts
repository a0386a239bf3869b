import { type ChatModel, generate } from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { describe, expect, it } from 'vitest';
import { outcomeOf, refused, scriptedCall, unavailable, type Watch, watch } from '../calls.fixture.ts';
import {
  type BreakerOptions,
  bulkhead,
  circuitBreaker,
  deadline,
  fallbackModel,
  protectCall,
  protectModel,
  retry,
  timeout,
} from '../index.ts';
import { wait } from '../wait.ts';

const always = new AbortController().signal;
const rules = { id: 'b', minCalls: 4, openFor: '10s', window: '30s' } as const;
const down = unavailable();

/** Asks `times` times, one after the other. */
async function askAll(ask: (input: unknown) => Promise<unknown>, times: number): Promise<readonly unknown[]> {
  const outcomes: unknown[] = [];
  for (let i = 0; i < times; i += 1) outcomes.push(await outcomeOf(ask({})));
  return outcomes;
}

/** A breaker that has just been opened by four failures; then the call does what `steps` say. */
async function opened(
  watched: Watch,
  steps: Parameters<typeof scriptedCall>[1],
  more?: Partial<BreakerOptions>,
) {
  const breaker = circuitBreaker({ ...rules, ...more });
  const call = scriptedCall(watched.clock, [down, down, down, down, ...steps]);
  const ask = protectCall(call, [breaker], watched.options);
  await askAll(ask, 4);
  return { breaker, call, ask };
}

describe('circuitBreaker', () => {
  it('opens when enough of enough calls failed, and calls no more', async () => {
    const watched = watch();
    const call = scriptedCall(watched.clock, ['a', down, 'b', down, 'never']);
    const breaker = circuitBreaker(rules);
    const ask = protectCall(call, [breaker], watched.options);
    expect(await askAll(ask, 5)).toEqual([
      'a',
      'AIWORK_TEST_UNAVAILABLE',
      'b',
      'AIWORK_TEST_UNAVAILABLE',
      'AIWORK_BREAKER_OPEN',
    ]);
    expect([breaker.phase, call.signals.length]).toEqual(['open', 4]);
    expect(watched.events.filter(({ type }) => type.startsWith('breaker'))).toMatchObject([
      { type: 'breaker.opened', breaker: 'b', by: 'calls', openMs: 10_000 },
      { type: 'breaker.refused', retryAfterMs: 10_000 },
    ]);
    await expect(ask({})).rejects.toMatchObject({
      retryable: true,
      outcome: 'not-applied',
      retryAfterMs: 10_000,
    });
  });

  it('stays closed while fewer fail, or too few were made', async () => {
    const { clock, options } = watch();
    const breaker = circuitBreaker(rules);
    const ask = protectCall(scriptedCall(clock, [down, 'a', 'b', 'c', down]), [breaker], options);
    await askAll(ask, 5);
    expect(breaker.phase).toBe('closed');
  });

  it('does not take quick failures for all where slow answers are to come', async () => {
    const { clock, options } = watch();
    const breaker = circuitBreaker({ ...rules, failureRatio: 0.5 });
    const slow = { afterMs: 1000, gives: 'answer' };
    const steps = Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? down : slow));
    const ask = protectCall(scriptedCall(clock, steps), [breaker], options);
    await Promise.all(steps.map(() => outcomeOf(ask({}))));
    expect([breaker.phase, clock.now()]).toEqual(['closed', 1000]);
  });

  it('opens while many calls at once hang', async () => {
    const { clock, options } = watch();
    const breaker = circuitBreaker(rules);
    const hung = scriptedCall(clock, [{ afterMs: 60_000, gives: 'late' }]);
    const ask = protectCall(hung, [breaker, timeout({ total: 5 })], options);
    await Promise.all(Array.from({ length: 40 }, () => outcomeOf(ask({}))));
    expect(breaker.phase).toBe('open');
  });

  it('forgets what is older than its window', async () => {
    const { clock, options } = watch({ auto: false });
    const breaker = circuitBreaker(rules);
    const ask = protectCall(scriptedCall(clock, [down]), [breaker], options);
    await askAll(ask, 3);
    await clock.advance(30_000);
    await askAll(ask, 3);
    expect(breaker.phase).toBe('closed');
  });

  it('counts no failure that speaks of the request, and no refusal of a layer inside', async () => {
    const { clock, options } = watch();
    const breaker = circuitBreaker(rules);
    await askAll(protectCall(scriptedCall(clock, [refused()]), [breaker], options), 8);
    const full = protectCall(
      scriptedCall(clock, [{ afterMs: 10, gives: 'answer' }]),
      [breaker, bulkhead({ id: 'x', limit: 1, maxQueued: 0 })],
      options,
    );
    await Promise.all(Array.from({ length: 8 }, () => outcomeOf(full({}))));
    expect(breaker.phase).toBe('closed');
  });

  it('counts a timeout inside of it, but not that a caller goes away', async () => {
    const { clock, options } = watch();
    const slow = scriptedCall(clock, [{ afterMs: 60_000, gives: 'late' }]);
    const left = circuitBreaker(rules);
    await askAll(protectCall(slow, [deadline(5), left], options), 8);
    expect(left.phase).toBe('closed');
    const hung = circuitBreaker(rules);
    await askAll(protectCall(slow, [hung, timeout({ total: 5 })], options), 4);
    expect(hung.phase).toBe('open');
  });

  it('counts a stream that breaks off after it was shown', async () => {
    const { options } = watch();
    const breaker = circuitBreaker(rules);
    const cut = { text: 'half of', error: down };
    const model = protectModel(scriptedChatModel([cut, cut, cut, cut]), [breaker], options);
    for (let i = 0; i < 4; i += 1) {
      await outcomeOf(generate(model, { messages: [{ role: 'user', content: 'Go on' }] }));
    }
    expect(breaker.phase).toBe('open');
  });

  it('heeds a longer Retry-After of what opened it', async () => {
    const { clock, options, events } = watch();
    const call = scriptedCall(clock, [down, down, down, unavailable(40_000)]);
    await askAll(protectCall(call, [circuitBreaker(rules)], options), 4);
    expect(events.find(({ type }) => type === 'breaker.opened')).toMatchObject({ openMs: 40_000 });
  });

  it('closes with a probe that succeeds', async () => {
    const watched = watch({ auto: false });
    const { breaker, ask, call } = await opened(watched, ['back']);
    await watched.clock.advance(10_000);
    expect(await ask({})).toBe('back');
    expect([breaker.phase, call.signals.length]).toEqual(['closed', 5]);
    expect(watched.seen().slice(-3)).toEqual([
      '10000 breaker.half-opened',
      '10000 breaker.closed',
      '10000 call.succeeded',
    ]);
  });

  it('opens for twice as long with each probe that fails, up to its limit', async () => {
    const watched = watch({ auto: false });
    const { ask } = await opened(watched, [down], { maxOpenFor: '25s' });
    for (const afterMs of [10_000, 20_000, 25_000]) {
      await watched.clock.advance(afterMs);
      await outcomeOf(ask({}));
    }
    const openings = watched.events.flatMap((event) => (event.type === 'breaker.opened' ? event.openMs : []));
    expect(openings).toEqual([10_000, 20_000, 25_000, 25_000]);
  });

  it('lets one probe through at a time', async () => {
    const watched = watch({ auto: false });
    const { ask, call } = await opened(watched, [{ afterMs: 100, gives: 'back' }]);
    await watched.clock.advance(10_000);
    const [probe, others] = [ask({}), Promise.all([outcomeOf(ask({})), outcomeOf(ask({}))])];
    expect(await others).toEqual(['AIWORK_BREAKER_OPEN', 'AIWORK_BREAKER_OPEN']);
    await watched.clock.advance(100);
    expect([await probe, call.signals.length]).toEqual(['back', 5]);
  });

  it('probes with the next call when the one that probed went away', async () => {
    const watched = watch({ auto: false });
    const { ask, breaker } = await opened(watched, [{ afterMs: 100, gives: 'late' }, 'back']);
    await watched.clock.advance(10_000);
    const abort = new AbortController();
    const left = outcomeOf(ask({}, { signal: abort.signal }));
    await watched.clock.advance(1);
    abort.abort('left');
    expect([await left, breaker.phase]).toEqual(['left', 'half-open']);
    expect(await ask({})).toBe('back');
  });

  it('probes beside a call, which is refused at once', async () => {
    const watched = watch({ auto: false });
    const { ask, breaker, call } = await opened(watched, [{ afterMs: 5000, gives: 'back' }], {
      probe: 'shadow',
    });
    await watched.clock.advance(10_000);
    expect(await askAll(ask, 3)).toEqual([
      'AIWORK_BREAKER_OPEN',
      'AIWORK_BREAKER_OPEN',
      'AIWORK_BREAKER_OPEN',
    ]);
    expect(call.signals).toHaveLength(5);
    await watched.clock.advance(5000);
    expect(breaker.phase).toBe('closed');
  });

  it('probes to the end, also when the caller of the call beside it goes away', async () => {
    const watched = watch({ auto: false });
    const { ask, breaker } = await opened(watched, [{ afterMs: 100, gives: 'back' }], { probe: 'shadow' });
    await watched.clock.advance(10_000);
    const abort = new AbortController();
    await outcomeOf(ask({}, { signal: abort.signal }));
    abort.abort('gone');
    await watched.clock.advance(100);
    expect(breaker.phase).toBe('closed');
  });

  it('aborts a shadow at its first output', async () => {
    const { clock, options } = watch({ auto: false });
    const breaker = circuitBreaker({ ...rules, minCalls: 1, probe: 'shadow' });
    const signals: AbortSignal[] = [];
    const endless: ChatModel = {
      id: 'endless',
      async *stream(_, { signal }) {
        signals.push(signal);
        if (signals.length === 1) throw down;
        yield { type: 'text', text: 'back' };
        await new Promise(() => {});
      },
    };
    const model = protectModel(endless, [breaker], options);
    await outcomeOf(generate(model, { messages: [] }));
    await clock.advance(10_000);
    expect(await outcomeOf(generate(model, { messages: [] }))).toBe('AIWORK_BREAKER_OPEN');
    await clock.advance(0);
    expect([breaker.phase, signals[1]?.aborted]).toEqual(['closed', true]);
  });

  it('gives up a shadow that hangs, and opens again', async () => {
    const watched = watch({ auto: false });
    const hung = { afterMs: 3_600_000, gives: 'never' };
    const { ask, breaker, call } = await opened(watched, [hung], { probe: 'shadow', probeTimeout: '2s' });
    await watched.clock.advance(10_000);
    await outcomeOf(ask({}));
    await watched.clock.advance(2000);
    expect([breaker.phase, call.signals[4]?.aborted, watched.clock.pending]).toEqual(['open', true, 0]);
  });

  it('stays half-open when the probe is refused by a layer inside', async () => {
    const watched = watch({ auto: false });
    const { breaker } = await opened(watched, ['back']);
    const full = bulkhead({ id: 'x', limit: 1, maxQueued: 0 });
    const holding = protectCall(
      scriptedCall(watched.clock, [{ afterMs: 20_000, gives: 'slow' }]),
      [full],
      watched.options,
    );
    const held = holding({});
    await watched.clock.advance(10_000);
    const ask = protectCall(async () => 'back', [breaker, full], watched.options);
    expect([await outcomeOf(ask()), breaker.phase]).toEqual(['AIWORK_BULKHEAD_FULL', 'half-open']);
    await watched.clock.advance(10_000);
    expect([await held, await ask(), breaker.phase]).toEqual(['slow', 'back', 'closed']);
  });

  it('makes a model that is down cost nothing before a fallback, also with a retry around it', async () => {
    const { clock, options } = watch();
    const breaker = circuitBreaker({ ...rules, minCalls: 2 });
    const dead = {
      id: 'dead',
      async *stream(): AsyncGenerator<never> {
        yield await wait(30_000, clock, always).then(() => Promise.reject(down));
      },
    };
    const alive = {
      id: 'alive',
      stream: () => scriptedChatModel(['Hello.']).stream({ messages: [] }, { signal: always }),
    };
    const model = fallbackModel(
      [
        protectModel(
          dead,
          [retry({ maxAttempts: 2, minDelay: 0 }), breaker, timeout({ firstOutput: '1s' })],
          options,
        ),
        alive,
      ],
      options,
    );
    const times: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      const begunAt = clock.now();
      await generate(model, { messages: [] });
      times.push(clock.now() - begunAt);
    }
    expect(times).toEqual([2000, 0, 0, 0]);
  });
});
