import { generate } from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { describe, expect, it } from 'vitest';
import { outcomeOf, scriptedCall, watch } from './calls.fixture.ts';
import { deadline, protectCall, protectModel, retry, timeout } from './index.ts';

const ask = { messages: [{ role: 'user', content: 'Go on' }] } as const;

describe('timeout', () => {
  it('ends an attempt that does not listen to its signal', async () => {
    const { options, events } = watch();
    const call = protectCall(() => new Promise<string>(() => {}), [timeout({ total: '2s' })], options);
    expect(await outcomeOf(call())).toBe('AIWORK_CALL_TIMEOUT');
    expect(events[0]).toMatchObject({ at: 2000, type: 'timeout', of: 'total', limitMs: 2000 });
  });

  it('is another attempt for a retry around it', async () => {
    const { clock, options } = watch();
    const call = scriptedCall(clock, [{ afterMs: 5000, gives: 'late' }, 'answer']);
    const patient = protectCall(call, [retry({ minDelay: 0 }), timeout({ total: '1s' })], options);
    expect(await patient({})).toBe('answer');
    expect([clock.now(), call.signals[0]?.aborted, clock.pending]).toEqual([1000, true, 0]);
  });

  it.each([
    ['first-output', { firstOutput: 999 }],
    ['idle', { firstOutput: 1001, idle: 999 }],
    ['total', { firstOutput: 1001, idle: 1001, total: 2500 }],
  ] as const)('bounds a stream: %s', async (of, limits) => {
    const { clock, options, events } = watch();
    const slow = scriptedChatModel(['one two three'], { chunkLength: 4, delayMs: 1000, clock });
    const model = protectModel(slow, [timeout(limits)], options);
    expect(await outcomeOf(generate(model, ask))).toBe('AIWORK_CALL_TIMEOUT');
    expect(events[0]).toMatchObject({ type: 'timeout', of });
  });

  it('lets a stream pass that keeps within', async () => {
    const { clock, options } = watch();
    const slow = scriptedChatModel(['one two three'], { chunkLength: 4, delayMs: 1000, clock });
    const model = protectModel(slow, [timeout({ firstOutput: 1001, idle: 1001, total: 9000 })], options);
    expect((await generate(model, ask)).text).toBe('one two three');
    expect(clock.pending).toBe(0);
  });

  it('does not count the time in which nobody reads as idle', async () => {
    const { clock, options } = watch({ auto: false });
    const model = protectModel(
      scriptedChatModel(['one two'], { chunkLength: 4 }),
      [timeout({ idle: 10 })],
      options,
    );
    const chunks = model.stream(ask, { signal: new AbortController().signal })[Symbol.asyncIterator]();
    await chunks.next();
    await clock.advance(60_000);
    expect((await chunks.next()).value).toEqual({ type: 'text', text: 'two' });
  });

  it('refuses to be none', () => {
    expect(() => timeout({})).toThrow('timeout has no limit');
    expect(() => timeout({ idle: 0 })).toThrow('idle of timeout is 0: give a time longer than 0');
  });
});

describe('deadline', () => {
  it('bounds all attempts together', async () => {
    const { clock, options, events } = watch();
    const call = scriptedCall(clock, [{ afterMs: 60_000, gives: 'late' }]);
    const bounded = protectCall(
      call,
      [deadline('5s'), retry({ minDelay: 0 }), timeout({ total: '2s' })],
      options,
    );
    expect(await outcomeOf(bounded({}))).toBe('AIWORK_CALL_TIMEOUT');
    expect([clock.now(), call.signals.length, events.at(-2)]).toMatchObject([5000, 3, { of: 'deadline' }]);
  });
});
