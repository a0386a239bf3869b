import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../adapters/chat-model.ts';
import { generate } from '../agent/generate.ts';
import { scriptedChatModel } from './scripted-chat-model.ts';
import { virtualClock } from './virtual-clock.ts';

const ask: ChatRequest = { messages: [{ role: 'user', content: 'One two three' }] };

describe('a scripted chat model', () => {
  it('says its lines in order and remembers what it was asked', async () => {
    const model = scriptedChatModel(['a', { text: 'b' }]);
    expect(model.remaining).toBe(2);
    expect((await generate(model, ask)).text).toBe('a');
    expect((await generate(model, { messages: [] })).text).toBe('b');
    expect(model.requests).toEqual([ask, { messages: [] }]);
    expect(model.remaining).toBe(0);
  });

  it('keeps requests as they were, whatever is done to them later', async () => {
    const model = scriptedChatModel(['a']);
    const messages = [{ role: 'user' as const, content: 'before' }];
    await generate(model, { messages });
    messages.push({ role: 'user', content: 'after' });
    expect(model.requests[0]?.messages).toHaveLength(1);
  });

  it('says clearly that its script is over, and what it was asked', async () => {
    const model = scriptedChatModel(['a'], { id: 'tiny' });
    await generate(model, ask);
    await expect(generate(model, ask)).rejects.toMatchObject({
      code: 'AIWORK_MODEL_SCRIPT_EXHAUSTED',
      message: expect.stringMatching(/"tiny".*script of 1.*reply 2.*One two three/),
    });
    await expect(generate(model, { messages: [] })).rejects.toThrow('after no message');
  });

  it('decides by the request where the script is a function', async () => {
    const model = scriptedChatModel([async ({ messages }) => `${messages.length}`, () => new Error('no')]);
    expect((await generate(model, ask)).text).toBe('1');
    await expect(generate(model, ask)).rejects.toThrow('no');
  });

  it('throws an error of its script, at once or after a part', async () => {
    const seen: string[] = [];
    const error = new Error('gone');
    const model = scriptedChatModel([error, { text: 'Hel', error }]);
    await expect(generate(model, ask)).rejects.toBe(error);
    const onChunk = (chunk: { type: string }) => void seen.push(chunk.type);
    await expect(generate(model, ask, { onChunk })).rejects.toBe(error);
    expect(seen).toEqual(['text', 'usage']);
  });

  it('counts words as tokens, unless it is told what to say of its use', async () => {
    const usage = { inputTokens: 7, outputTokens: 8, cost: 0.1 };
    const model = scriptedChatModel(['four five', { text: 'x', usage }, { text: 'x', usage: false }]);
    expect((await generate(model, ask)).usage).toEqual({ inputTokens: 3, outputTokens: 2 });
    expect((await generate(model, ask)).usage).toEqual(usage);
    expect((await generate(model, ask)).usage).toBeUndefined();
  });

  it('lets time pass before each chunk', async () => {
    const clock = virtualClock({ startAt: 0, auto: true });
    const model = scriptedChatModel([{ text: 'abcd', usage: false }], {
      chunkLength: 2,
      delayMs: 100,
      clock,
    });
    const times: number[] = [];
    await generate(model, ask, { onChunk: () => void times.push(clock.now()) });
    expect(times).toEqual([100, 200, 300]);
  });

  it('stops with its signal, also while it waits or decides', async () => {
    const reason = new Error('stop');
    const clock = virtualClock();
    const slow = scriptedChatModel(['a'], { delayMs: 1e6, clock });
    const controller = new AbortController();
    const reply = generate(slow, ask, { signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    await expect(reply).rejects.toBe(reason);
    await new Promise((resolve) => setImmediate(resolve));
    expect(clock.pending).toBe(0);
    const late = scriptedChatModel(['a']).stream(ask, { signal: AbortSignal.abort(reason) });
    await expect(late[Symbol.asyncIterator]().next()).rejects.toBe(reason);
  });
});
