import { AiworkError, type ChatChunk, type ChatModel, type ChatRequest, generate } from '@aiwork/core';
import { scriptedChatModel, virtualClock } from '@aiwork/core/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type CachedModelOptions, type CacheEvent, cachedModel, memoryCache } from '../index.ts';

const request: ChatRequest = { messages: [{ role: 'user', content: 'Go on' }] };
const signal = new AbortController().signal;
const down = new AiworkError('AIWORK_TEST', 'status 503', { retryable: true });

function caching(script: Parameters<typeof scriptedChatModel>[0], options: Partial<CachedModelOptions> = {}) {
  const events: CacheEvent['type'][] = [];
  const clock = virtualClock({ auto: true });
  const inner = scriptedChatModel(script, { chunkLength: 4, delayMs: 10, clock });
  const cache = memoryCache({ now: clock.now });
  const model = cachedModel(inner, { cache, onEvent: ({ type }) => events.push(type), ...options });
  return { inner, model, events, clock, cache };
}

const chunksOf = (model: ChatModel) => Array.fromAsync<ChatChunk>(model.stream(request, { signal }));

describe('cachedModel', () => {
  it('tells the price of the model', () => {
    const price = { inputToken: 1e-6, outputToken: 4e-6 };
    const model = cachedModel({ ...scriptedChatModel([]), price }, { cache: memoryCache() });
    expect(model.price).toEqual(price);
  });

  it('gives a reply again as the stream it was, for nothing', async () => {
    const usage = { inputTokens: 3, outputTokens: 4, cost: 0.1 };
    const toolCalls = [{ id: 'c', name: 'look', input: { at: [1, null] } }];
    const spared: unknown[] = [];
    const { model, inner } = caching([{ text: 'one two', toolCalls, usage }], {
      onSpared: (amounts) => spared.push(amounts),
    });
    const first = await chunksOf(model);
    const second = await chunksOf(model);
    const free = { type: 'usage', inputTokens: 0, outputTokens: 0, cost: 0 };
    expect(second).toEqual(first.map((chunk) => (chunk.type === 'usage' ? free : chunk)));
    expect([second.length, inner.requests.length, spared]).toEqual([5, 1, [usage]]);
  });

  it.each<[string, Partial<ChatRequest>]>([
    ['the messages', { messages: [{ role: 'user', content: 'Go on ' }] }],
    ['a tool', { tools: [{ name: 'a', description: '', inputSchema: {} }] }],
    ['the schema', { schema: { type: 'object' } }],
    ['the temperature', { temperature: 0 }],
    ['the length', { maxTokens: 9 }],
  ])('asks anew where %s differs', async (_, difference) => {
    const { model, inner } = caching(['one', 'other']);
    await generate(model, request);
    expect((await generate(model, { ...request, ...difference })).text).toBe('other');
    expect(inner.requests).toHaveLength(2);
  });

  it('does not care for the order of properties', async () => {
    const { model } = caching(['one', 'never']);
    await generate(model, { ...request, temperature: 0, maxTokens: 9 });
    expect((await generate(model, { maxTokens: 9, temperature: 0, ...request })).text).toBe('one');
  });

  it.each<[string, Parameters<typeof scriptedChatModel>[0][number]]>([
    ['failed', down],
    ['broke off', { text: 'half of', error: down }],
    ['ended at a length limit', { text: 'half of', reason: 'length' }],
    ['was ended by a filter', { text: 'half of', reason: 'content-filter' }],
  ])('keeps no reply that %s', async (_, reply) => {
    const { model } = caching([reply, 'whole']);
    await generate(model, request).catch(() => {});
    expect((await generate(model, request)).text).toBe('whole');
  });

  it('keeps no reply that ended without done', async () => {
    let asked = 0;
    const cut: ChatModel = {
      id: 'cut',
      async *stream() {
        asked += 1;
        yield { type: 'text', text: 'half of' };
      },
    };
    const model = cachedModel(cut, { cache: memoryCache() });
    for (let i = 0; i < 2; i += 1) {
      await expect(generate(model, request)).rejects.toMatchObject({ code: 'AIWORK_MODEL_INVALID_REPLY' });
    }
    expect(asked).toBe(2);
  });

  it('shares a reply that is coming', async () => {
    const { model, inner, events } = caching(['one two three', 'never']);
    const replies = await Promise.all([chunksOf(model), chunksOf(model), chunksOf(model)]);
    expect(new Set(replies.map((chunks) => JSON.stringify(chunks))).size).toBe(1);
    expect([inner.requests.length, events]).toEqual([1, ['miss', 'joined', 'joined']]);
  });

  it('fails for all who share a reply that fails, and asks anew afterwards', async () => {
    const { model } = caching([{ text: 'half of', error: down }, 'whole']);
    const both = await Promise.allSettled([generate(model, request), generate(model, request)]);
    expect(both).toMatchObject([
      { status: 'rejected', reason: { message: 'status 503' } },
      { status: 'rejected', reason: { message: 'status 503' } },
    ]);
    expect((await generate(model, request)).text).toBe('whole');
  });

  it('fails for a reader who is slower than the failure, too', async () => {
    const { model } = caching([{ text: 'half of', usage: false, error: down }]);
    const slow = model.stream(request, { signal })[Symbol.asyncIterator]();
    await slow.next();
    await expect(chunksOf(model)).rejects.toThrow('status 503');
    expect((await slow.next()).value).toEqual({ type: 'text', text: ' of' });
    await expect(slow.next()).rejects.toThrow('status 503');
  });

  it('goes on for others when one reader leaves, and ends with the last', async () => {
    const { model, inner } = caching(['one two three', 'whole']);
    const abort = new AbortController();
    const leaving = generate(model, request, { signal: abort.signal }).catch((reason: unknown) => reason);
    const staying = generate(model, request, { onChunk: () => abort.abort('left') });
    expect([await leaving, (await staying).text, inner.requests.length]).toEqual([
      'left',
      'one two three',
      1,
    ]);
  });

  it('aborts and keeps nothing when all readers have left', async () => {
    let aborted: AbortSignal | undefined;
    const endless: ChatModel = {
      id: 'endless',
      async *stream(_, options) {
        aborted = options.signal;
        for (;;) yield { type: 'text', text: 'more' };
      },
    };
    for await (const _ of cachedModel(endless, { cache: memoryCache() }).stream(request, { signal })) break;
    expect(aborted?.aborted).toBe(true);
  });

  it('reads no further than it is asked', async () => {
    let read = 0;
    const eager: ChatModel = {
      id: 'eager',
      async *stream() {
        for (;;) {
          read += 1;
          yield { type: 'text', text: 'more' };
        }
      },
    };
    const chunks = cachedModel(eager, { cache: memoryCache() })
      .stream(request, { signal })
      [Symbol.asyncIterator]();
    await chunks.next();
    await chunks.next();
    expect(read).toBe(2);
    await chunks.return?.();
  });

  it('asks anew when its time is over, or with another version', async () => {
    const { model, clock, cache, inner } = caching(['one', 'two', 'three'], { ttl: '1h' });
    await generate(model, request);
    await clock.advance(3_600_000);
    expect((await generate(model, request)).text).toBe('two');
    expect((await generate(cachedModel(inner, { cache, version: '2' }), request)).text).toBe('three');
  });

  it('is harmed by no listener', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const fail = () => {
      throw new Error('of a listener');
    };
    const { model } = caching(['one', 'never'], { onEvent: fail, onSpared: fail });
    await generate(model, request);
    expect((await generate(model, request)).text).toBe('one');
    expect(warn.mock.calls.map(([message]) => String(message).split(' threw')[0])).toEqual([
      'a listener to events of a cache, at "miss",',
      'a listener to events of a cache, at "hit",',
      'onSpared of a cached model',
    ]);
  });

  it('leaves out what when leaves out', async () => {
    const { model } = caching(['one', 'two'], { when: ({ temperature = 0 }) => temperature === 0 });
    await generate(model, { ...request, temperature: 1 });
    expect((await generate(model, { ...request, temperature: 1 })).text).toBe('two');
  });

  it('waits no longer than its reader does for a cache that is silent', async () => {
    const { cache } = caching([]);
    const { model } = caching(['one'], { cache: { ...cache, get: () => new Promise(() => {}) } });
    const leaving = new AbortController();
    const reading = generate(model, request, { signal: leaving.signal });
    leaving.abort(new Error('the user left'));
    await expect(reading).rejects.toMatchObject({ message: expect.stringContaining('the user left') });
  });

  it('lets go of the model once a reply is whole', async () => {
    let open = 0;
    const inner = scriptedChatModel(['whole']);
    const held: ChatModel = {
      id: 'held',
      async *stream(asked, options) {
        open += 1;
        try {
          yield* inner.stream(asked, options);
        } finally {
          open -= 1;
        }
      },
    };
    const model = cachedModel(held, { cache: memoryCache() });
    expect((await generate(model, request)).text).toBe('whole');
    expect(open).toBe(0);
  });

  it.each([
    ['no end', [{ type: 'text', text: 'half of' }]],
    ['a text that is none', [{ type: 'text' }, { type: 'done', reason: 'stop' }]],
    ['nothing for a chunk', [null, { type: 'done', reason: 'stop' }]],
    [
      'a call of nothing',
      [
        { type: 'tool-call', id: 'c' },
        { type: 'done', reason: 'tool-calls' },
      ],
    ],
    [
      'an amount that is none',
      [
        { type: 'usage', inputTokens: 1 },
        { type: 'done', reason: 'stop' },
      ],
    ],
    ['a chunk of a later version', [{ type: 'image' }, { type: 'done', reason: 'stop' }]],
  ])('takes an entry with %s for none', async (_, chunks) => {
    const get = async () => new TextEncoder().encode(JSON.stringify({ format: 1, chunks }));
    const model = cachedModel(scriptedChatModel(['new']), { cache: { ...memoryCache(), get } });
    expect((await generate(model, request)).text).toBe('new');
  });

  it('goes on without a cache that fails', async () => {
    const { model, cache, events } = caching(['one', 'two']);
    await generate(model, request);
    await cache.close();
    expect((await generate(model, request)).text).toBe('two');
    expect(events).toEqual(['miss', 'cache-failed', 'miss', 'cache-failed']);
  });
});
