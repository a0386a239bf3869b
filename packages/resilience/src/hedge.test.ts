import { type ChatModel, generate } from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { describe, expect, it } from 'vitest';
import { outcomeOf, scriptedCall, unavailable, watch } from './calls.fixture.ts';
import { bulkhead, hedge, protectCall, protectModel, retryBudget } from './index.ts';
import { wait } from './wait.ts';

describe('hedge', () => {
  it('takes the second attempt where the first is slow, and aborts the first', async () => {
    const { clock, options, seen } = watch();
    const call = scriptedCall(clock, [
      { afterMs: 9000, gives: 'slow' },
      { afterMs: 100, gives: 'quick' },
    ]);
    expect(await protectCall(call, [hedge({ after: '1s' })], options)({})).toBe('quick');
    expect(seen()).toEqual(['1000 hedge', '1100 hedge.won', '1100 call.succeeded']);
    expect([call.signals[0]?.aborted, call.signals[1]?.aborted, clock.pending]).toEqual([true, false, 0]);
  });

  it('takes the first where it is quicker after all, and aborts the second', async () => {
    const { clock, options, seen } = watch();
    const call = scriptedCall(clock, [
      { afterMs: 1050, gives: 'first' },
      { afterMs: 100, gives: 'second' },
    ]);
    expect(await protectCall(call, [hedge({ after: '1s' })], options)({})).toBe('first');
    expect(seen()).toEqual(['1000 hedge', '1050 call.succeeded']);
    expect(call.signals[1]?.aborted).toBe(true);
  });

  it('asks once where the answer comes in time', async () => {
    const { clock, options } = watch();
    const call = scriptedCall(clock, [{ afterMs: 900, gives: 'in time' }]);
    await protectCall(call, [hedge({ after: '1s' })], options)({});
    expect([call.signals.length, clock.pending]).toEqual([1, 0]);
  });

  it('leaves a failure to the attempt that is still at work', async () => {
    const { clock, options } = watch();
    const call = scriptedCall(clock, [
      { afterMs: 1050, gives: unavailable() },
      { afterMs: 500, gives: 'second' },
    ]);
    expect(await protectCall(call, [hedge({ after: '1s' })], options)({})).toBe('second');
  });

  it('fails as the first did when all have failed', async () => {
    const { clock, options } = watch();
    const call = scriptedCall(clock, [{ afterMs: 1050, gives: unavailable() }, new TypeError('second')]);
    expect(await outcomeOf(protectCall(call, [hedge({ after: '1s' })], options)({}))).toEqual(
      new TypeError('second'),
    );
  });

  it('does not fail as a further attempt that was refused', async () => {
    const { clock, options } = watch();
    const call = scriptedCall(clock, [{ afterMs: 1050, gives: unavailable() }]);
    const one = bulkhead({ id: 'b', limit: 1, maxQueued: 0 });
    const ask = protectCall(call, [hedge({ after: '1s' }), one], options);
    expect(await outcomeOf(ask({}))).toBe('AIWORK_TEST_UNAVAILABLE');
  });

  it('makes as many attempts as it may, and as its budget has', async () => {
    const { clock, options, events } = watch();
    const slow = { afterMs: 9000, gives: 'slow' };
    const call = scriptedCall(clock, [slow]);
    const budget = retryBudget({ ratio: 0, minimum: 2 });
    await protectCall(call, [hedge({ after: '1s', maxExtra: 5, budget })], options)({});
    expect(call.signals).toHaveLength(3);
    expect(events.at(-2)).toMatchObject({ type: 'hedge.refused', by: 'budget' });
  });

  it('gives one stream, whole, of the two', async () => {
    const { clock, options } = watch();
    const replies = ['one two three', 'four five six'];
    const slowFirst = { id: 'm', stream: scriptedStream(replies, clock) };
    const model = protectModel(slowFirst, [hedge({ after: '1s' })], options);
    const { text } = await generate(model, { messages: [{ role: 'user', content: 'Go' }] });
    expect(text).toBe('four five six');
  });
});

it('closes the stream of an attempt that begins in the same moment, and loses', async () => {
  const { clock, options } = watch();
  const ended: number[] = [];
  const both = wait(1100, clock, new AbortController().signal);
  let asked = 0;
  const model: ChatModel = {
    id: 'm',
    async *stream() {
      asked += 1;
      const number = asked;
      try {
        await both;
        yield { type: 'text', text: `${number}` };
        yield { type: 'done', reason: 'stop' };
      } finally {
        ended.push(number);
      }
    },
  };
  const { text } = await generate(protectModel(model, [hedge({ after: '1s' })], options), { messages: [] });
  expect([text, asked, ended.toSorted()]).toEqual(['1', 2, [1, 2]]);
});

/** The first of its replies takes 10 s to begin, all others 100 ms. */
function scriptedStream(replies: readonly string[], clock: ReturnType<typeof watch>['clock']) {
  let asked = 0;
  return (...[request, options]: Parameters<ReturnType<typeof scriptedChatModel>['stream']>) => {
    asked += 1;
    const delayMs = asked === 1 ? 10_000 : 100;
    const reply = replies[asked - 1] ?? '';
    return scriptedChatModel([reply], { chunkLength: 4, delayMs, clock }).stream(request, options);
  };
}
