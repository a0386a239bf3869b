import { AiworkError, type ChatModel, generate } from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { describe, expect, it } from 'vitest';
import { outcomeOf, refused, unavailable, watch } from './calls.fixture.ts';
import { fallbackModel } from './index.ts';

const ask = { messages: [{ role: 'user', content: 'Go on' }] } as const;
const model = (id: string, reply: Parameters<typeof scriptedChatModel>[0][number]) =>
  scriptedChatModel([reply], { id });

describe('fallbackModel', () => {
  it('asks the next for the reason that is told', async () => {
    const { options, events } = watch();
    const models = [
      model('a', unavailable()),
      model('b', refused()),
      model('c', 'Hello.'),
      model('d', 'never'),
    ];
    const { text } = await generate(fallbackModel(models, options), ask);
    expect(text).toBe('Hello.');
    expect(events).toMatchObject([
      {
        id: 'a > b > c > d',
        type: 'fallback',
        from: 'a',
        to: 'b',
        error: { code: 'AIWORK_TEST_UNAVAILABLE' },
      },
      { type: 'fallback', from: 'b', to: 'c', error: { message: 'status 400' } },
      { type: 'call.succeeded' },
    ]);
    expect(models[3]?.requests).toEqual([]);
  });

  it('tells the highest price of its models, if all tell one', () => {
    const dear = { ...model('a', ''), price: { inputToken: 3e-6, outputToken: 4e-6 } };
    const wordy = { ...model('b', ''), price: { inputToken: 1e-6, outputToken: 9e-6 } };
    expect(fallbackModel([dear, wordy]).price).toEqual({ inputToken: 3e-6, outputToken: 9e-6 });
    expect(fallbackModel([dear, model('c', '')])).not.toHaveProperty('price');
  });

  it('says why all failed', async () => {
    const all = fallbackModel(
      [model('a', unavailable(9000)), model('b', unavailable(4000))],
      watch().options,
    );
    const error = await generate(all, ask).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'AIWORK_ALL_FAILED',
      message:
        'none of 2 answered: a: AIWORK_TEST_UNAVAILABLE: status 503; b: AIWORK_TEST_UNAVAILABLE: status 503',
      retryable: true,
      retryAfterMs: 4000,
    });
    expect((error as AiworkError).cause).toMatchObject({
      errors: [{ retryAfterMs: 9000 }, { retryAfterMs: 4000 }],
    });
  });

  it('asks nobody else once a part was shown', async () => {
    const { options, events } = watch();
    const second = model('b', 'never');
    const both = fallbackModel([model('a', { text: 'half of', error: unavailable() }), second], options);
    const texts: string[] = [];
    const asked = generate(both, ask, {
      onChunk: (chunk) => chunk.type === 'text' && texts.push(chunk.text),
    });
    expect(await outcomeOf(asked)).toBe('AIWORK_TEST_UNAVAILABLE');
    expect([texts, second.requests, events]).toMatchObject([
      ['half of'],
      [],
      [{ type: 'call.failed', shown: true }],
    ]);
  });

  it('asks nobody else when the caller aborts, or for an error that is not for others', async () => {
    const abort = new AbortController();
    const next = model('b', 'never');
    const hung: ChatModel = {
      id: 'a',
      async *stream() {
        abort.abort('enough');
        await new Promise(() => {});
      },
    };
    const both = fallbackModel([hung, next], watch().options);
    expect(await outcomeOf(generate(both, ask, { signal: abort.signal }))).toBe('enough');
    const picky = fallbackModel([model('a', refused()), next], {
      fallOn: (error) => AiworkError.isInstance(error) && error.retryable,
    });
    expect(await outcomeOf(generate(picky, ask))).toBe('AIWORK_TEST_REFUSED');
    expect(next.requests).toEqual([]);
  });

  it('needs a model', () => {
    expect(() => fallbackModel([])).toThrow('give at least one');
  });
});
