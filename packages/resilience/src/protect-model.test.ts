import { channel } from 'node:diagnostics_channel';
import { type ChatChunk, type ChatModel, generate } from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { outcomeOf, unavailable, watch } from './calls.fixture.ts';
import { circuitBreaker, type Layer, protectCall, protectModel, resilienceMetrics, retry } from './index.ts';

const ask = { messages: [{ role: 'user', content: 'Go on' }] } as const;
const signal = new AbortController().signal;

describe('protectModel', () => {
  it('tells the price of the model, if it tells one', () => {
    const price = { inputToken: 1e-6, outputToken: 4e-6 };
    expect(protectModel({ ...scriptedChatModel([]), price }, [retry()]).price).toEqual(price);
    expect(protectModel(scriptedChatModel([]), [retry()])).not.toHaveProperty('price');
  });

  it('begins again unseen while nothing but usage has come', async () => {
    const { options } = watch();
    const failing = { text: '', usage: { inputTokens: 7, outputTokens: 0 }, error: unavailable() };
    const model = protectModel(
      scriptedChatModel([failing, { text: 'whole', usage: { inputTokens: 3, outputTokens: 1 } }]),
      [retry()],
      options,
    );
    const chunks: ChatChunk[] = [];
    for await (const chunk of model.stream(ask, { signal })) chunks.push(chunk);
    expect(chunks).toEqual([
      { type: 'text', text: 'whole' },
      { type: 'usage', inputTokens: 3, outputTokens: 1 },
      { type: 'done', reason: 'stop' },
    ]);
  });

  it.each([
    ['text', { text: 'half of', error: unavailable() }],
    ['a tool call', { toolCalls: [{ name: 'pay' }], error: unavailable() }],
  ])('never begins again once %s was shown', async (_, cut) => {
    const { options, events } = watch();
    const inner = scriptedChatModel([cut, 'never']);
    expect(await outcomeOf(generate(protectModel(inner, [retry()], options), ask))).toBe(
      'AIWORK_TEST_UNAVAILABLE',
    );
    expect(inner.remaining).toBe(1);
    expect(events).toMatchObject([{ type: 'call.failed', shown: true }]);
  });

  it('begins again until the end where it gives replies as a whole', async () => {
    const { options } = watch();
    const inner = scriptedChatModel([{ text: 'half of', error: unavailable() }, 'whole']);
    const model = protectModel(inner, [retry()], { ...options, restart: 'done' });
    const chunks = model.stream(ask, { signal })[Symbol.asyncIterator]();
    expect((await chunks.next()).value).toEqual({ type: 'text', text: 'whole' });
    await chunks.return?.();
  });

  it('takes a reply that ends without done for a failure', async () => {
    const { options } = watch();
    let asked = 0;
    const cut: ChatModel = {
      id: 'cut',
      async *stream() {
        asked += 1;
        if (asked > 1) yield { type: 'text', text: 'half of' };
      },
    };
    const model = protectModel(cut, [retry({ minDelay: 0 })], options);
    const chunks = Array.fromAsync(model.stream(ask, { signal }));
    await expect(chunks).rejects.toMatchObject({ code: 'AIWORK_MODEL_INVALID_REPLY', retryable: true });
    // The first was empty, so that it was asked again; of the second a part was shown.
    expect(asked).toBe(2);
  });

  it('asks nothing before the first part is asked for', async () => {
    const inner = scriptedChatModel(['Hello.']);
    const chunks = protectModel(inner, [retry()], watch().options)
      .stream(ask, { signal })
      [Symbol.asyncIterator]();
    await Promise.resolve();
    expect(inner.requests).toEqual([]);
    await chunks.next();
    expect(inner.requests).toEqual([ask]);
  });

  it('closes the stream of a reader that stops, whatever layers are between', async () => {
    const { options, events } = watch();
    let closed = false;
    const endless: ChatModel = {
      id: 'endless',
      async *stream() {
        try {
          for (;;) yield { type: 'text', text: 'more' };
        } finally {
          closed = true;
        }
      },
    };
    for await (const _ of protectModel(endless, [retry(), circuitBreaker({ id: 'b' })], options).stream(ask, {
      signal,
    }))
      break;
    expect([closed, events.map(({ type }) => type)]).toEqual([true, ['call.left']]);
  });

  it('ends at once when it is aborted, also where the model does not listen', async () => {
    const deaf: ChatModel = {
      id: 'deaf',
      async *stream() {
        await new Promise(() => {});
      },
    };
    const abort = new AbortController();
    const reading = outcomeOf(
      protectModel(deaf, [retry()]).stream(ask, { signal: abort.signal })[Symbol.asyncIterator]().next(),
    );
    abort.abort('enough');
    expect(await reading).toBe('enough');
  });
});

describe('layers', () => {
  it('are refused in an order that makes no sense', () => {
    const layers: readonly Layer[] = [circuitBreaker({ id: 'b' }), retry()];
    expect(() => protectCall(async () => 1, layers, { id: 'search' })).toThrow(
      'the layers of "search" are breaker, retry: give each kind at most once, the outermost first: deadline, retry,',
    );
    const twice: readonly Layer[] = [retry(), retry()];
    expect(() => protectCall(async () => 1, twice)).toThrow('are retry, retry: give each kind at most once');
  });
});

describe('events', () => {
  it('are seen by all listeners, whatever one of them throws', async () => {
    const { options, events } = watch();
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const seen: unknown[] = [];
    const see = (event: unknown) => seen.push(event);
    channel('aiwork:resilience').subscribe(see);
    onTestFinished(() => {
      channel('aiwork:resilience').unsubscribe(see);
    });
    const call = protectCall(async () => 'answer', [], options);
    await call(undefined, {
      onEvent() {
        throw new Error('of the listener');
      },
    });
    expect([events.length, seen.length, warn.mock.calls[0]?.[0]]).toEqual([
      1,
      1,
      expect.stringContaining('of the listener'),
    ]);
  });

  it('are counted', async () => {
    const { clock } = watch();
    const metrics = resilienceMetrics();
    const breaker = circuitBreaker({ id: 'b', minCalls: 2 });
    const model = protectModel(
      scriptedChatModel([unavailable(), 'Hello.', unavailable(), 'never']),
      [retry({ maxAttempts: 2, minDelay: 0 }), breaker],
      { clock, random: () => 1, id: 'm', onEvent: metrics.onEvent },
    );
    await generate(model, ask);
    await outcomeOf(generate(model, ask));
    expect(metrics.breakers()).toEqual({ b: 'open' });
    expect(metrics.calls()['m']).toMatchObject({ succeeded: 1, failed: 1, retries: 2, refusedByBreaker: 1 });
  });
});
