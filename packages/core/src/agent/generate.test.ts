import { describe, expect, it } from 'vitest';
import type { ChatChunk, ChatModel } from '../adapters/chat-model.ts';
import { scriptedChatModel } from '../testing/scripted-chat-model.ts';
import { generate } from './generate.ts';

const ask = { messages: [{ role: 'user', content: 'Hi' }] } as const;

function modelOf(...chunks: unknown[]): ChatModel {
  return {
    id: 'm',
    async *stream() {
      yield* chunks as ChatChunk[];
    },
  };
}

const done = { type: 'done', reason: 'stop' };

describe('generate', () => {
  it('collects a stream into one reply', async () => {
    const usage = {
      inputTokens: 3,
      outputTokens: 2,
      cachedInputTokens: 1,
      cacheWriteTokens: 0,
      reasoningTokens: 2,
      cost: 0.5,
    };
    const model = scriptedChatModel(
      [{ text: 'Hello, you', toolCalls: [{ name: 'add', input: { a: 1 }, id: 'x' }], usage }],
      { chunkLength: 3 },
    );
    expect(await generate(model, ask)).toEqual({
      text: 'Hello, you',
      toolCalls: [{ id: 'x', name: 'add', input: { a: 1 } }],
      reason: 'tool-calls',
      usage,
    });
  });

  it('shows each chunk as it comes', async () => {
    const texts: string[] = [];
    const onChunk = (chunk: ChatChunk) => chunk.type === 'text' && texts.push(chunk.text);
    await generate(scriptedChatModel(['abcd'], { chunkLength: 2 }), ask, { onChunk });
    expect(texts).toEqual(['ab', 'cd']);
  });

  it('says nothing of usage when the model does not', async () => {
    expect(await generate(modelOf({ type: 'text', text: 'a' }, done), ask)).not.toHaveProperty('usage');
  });

  it('refuses a stream that ends without done, as something to try again', async () => {
    await expect(generate(modelOf({ type: 'text', text: 'half' }), ask)).rejects.toMatchObject({
      code: 'AIWORK_MODEL_INVALID_REPLY',
      retryable: true,
    });
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a string', 'text'],
    ['an unknown type', { type: 'thought', text: 'hm' }],
    ['text that is none', { type: 'text', text: 7 }],
    ['a call without id', { type: 'tool-call', name: 'add', input: {} }],
    ['negative usage', { type: 'usage', inputTokens: -1, outputTokens: 0 }],
    ['usage that is no number', { type: 'usage', inputTokens: Number.NaN, outputTokens: 0 }],
    ['a cost that is no number', { type: 'usage', inputTokens: 0, outputTokens: 0, cost: '1' }],
    ['an unknown reason', { type: 'done', reason: 'bored' }],
    ['tool-calls without a call', { type: 'done', reason: 'tool-calls' }],
  ])('refuses %s as a chunk', async (_, chunk) => {
    await expect(generate(modelOf(chunk, done), ask)).rejects.toMatchObject({
      code: 'AIWORK_MODEL_INVALID_REPLY',
      retryable: false,
    });
  });

  it('refuses two calls of one id, which no result could be told apart for', async () => {
    const call = { type: 'tool-call', id: 'same', name: 'add', input: {} };
    await expect(generate(modelOf(call, call, done), ask)).rejects.toThrow('two tool calls the id "same"');
  });

  it('closes the stream when it is done with it', async () => {
    let closed = false;
    const model: ChatModel = {
      id: 'm',
      async *stream() {
        try {
          yield { type: 'done', reason: 'stop' };
        } finally {
          closed = true;
        }
      },
    };
    await generate(model, ask);
    expect(closed).toBe(true);
  });

  it('does not ask at all when its signal has aborted', async () => {
    const model = scriptedChatModel(['never']);
    const reason = new Error('too late');
    await expect(generate(model, ask, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(model.requests).toHaveLength(0);
  });

  it('gives up a model that does not listen to its signal', async () => {
    const controller = new AbortController();
    const deaf: ChatModel = {
      id: 'deaf',
      stream: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }),
    };
    const reason = new Error('enough');
    const reply = generate(deaf, ask, { signal: controller.signal });
    controller.abort(reason);
    await expect(reply).rejects.toBe(reason);
  });

  it('throws the reason of the signal when the model throws an error of its own on abort', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const model: ChatModel = {
      id: 'm',
      async *stream() {
        yield { type: 'text', text: 'Hel' };
        controller.abort(reason);
        throw new DOMException('aborted', 'AbortError');
      },
    };
    await expect(generate(model, ask, { signal: controller.signal })).rejects.toBe(reason);
  });
});
