import { type Embedder, estimateTokens, type Message } from '@aiwork/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitContext } from './fit-context.ts';

const user = (content: string): Message => ({ role: 'user', content });
const assistant = (content: string): Message => ({ role: 'assistant', content });
const system = (content: string): Message => ({ role: 'system', content });
const texts = (messages: readonly Message[]) => messages.map(({ content }) => content);
/** One token a character. */
const byLength = (messages: readonly Message[]) =>
  messages.reduce((sum, { content }) => sum + content.length, 0);

describe('a conversation that fits', () => {
  const long = [
    system('Be brief.'),
    user('aaaaaaaaaa'),
    assistant('bbbbbbbbbb'),
    user('cccccccccc'),
    assistant('dddddddddd'),
    user('last?'),
  ];

  const longer = [
    system('Be brief.'),
    user('a'.repeat(40)),
    assistant('b'.repeat(40)),
    ...long.slice(3, 5),
    user('last?'.repeat(20)),
  ];

  it('is left as it is', async () => {
    expect(await fitContext(long, { maxTokens: 1000 })).toBe(long);
  });

  it('keeps instructions, the last question and what is newest', async () => {
    const fitting = await fitContext(long, { maxTokens: 36, estimateTokens: byLength });
    expect(texts(fitting)).toEqual(['Be brief.', 'cccccccccc', 'dddddddddd', 'last?']);
  });

  it('has a summary of the rest before it', async () => {
    const seen: string[][] = [];
    const summarise = (messages: readonly Message[]) => {
      seen.push(texts(messages));
      return 'a, b';
    };
    const fitting = await fitContext(longer, {
      maxTokens: 172,
      estimateTokens: byLength,
      summarise,
    });
    expect(seen).toEqual([['a'.repeat(40), 'b'.repeat(40)]]);
    expect(fitting[1]).toEqual(user('What was said before, in short:\na, b'));
  });

  it('cuts a summary that says too much', async () => {
    const summarise = () => 'blah '.repeat(1000);
    const fitting = await fitContext(longer, {
      maxTokens: 172,
      estimateTokens: byLength,
      summarise,
    });
    expect(byLength(fitting)).toBeLessThanOrEqual(172);
    expect(fitting[1]?.content).toContain('blah blah');
  });

  it('keeps a tool call with its result, or neither', async () => {
    const call: Message = {
      role: 'assistant',
      content: '',
      toolCalls: [{ id: '1', name: 'look', input: {} }],
    };
    const result: Message = { role: 'tool', content: 'x'.repeat(30), toolCallId: '1' };
    const messages = [user('see'), call, result, assistant('ok'), user('last?')];
    expect(texts(await fitContext(messages, { maxTokens: 20, estimateTokens: byLength }))).toEqual([
      'see',
      'ok',
      'last?',
    ]);
    const pinned = [user('see'.repeat(10)), user('last?'), call, result];
    expect(await fitContext(pinned, { maxTokens: 40, estimateTokens: byLength })).toEqual([
      user('last?'),
      call,
      result,
    ]);
  });

  it('keeps what is near to the question, and nothing twice', async () => {
    const embedder: Embedder = {
      id: 'letters',
      capabilities: {
        dimensions: 4,
        maxTexts: 2,
        maxTokens: 99,
        normalized: false,
        asymmetric: false,
        tolerance: 0,
      },
      embed: async (all) => ({
        vectors: all.map((text) => Float32Array.from('abcd', (letter) => text.split(letter).length - 1)),
        tokens: 0,
        truncated: [],
      }),
      close: async () => {},
      [Symbol.asyncDispose]: async () => {},
    };
    const messages = [
      user('aaaaaaaaaa'),
      assistant('aaaaaaaaaa'),
      user('bbbbbbbbbb'),
      assistant('cccccccccc'),
      user('aab?'),
    ];
    const fitting = await fitContext(messages, { maxTokens: 24, estimateTokens: byLength, embedder });
    expect(texts(fitting)).toEqual(['aaaaaaaaaa', 'bbbbbbbbbb', 'aab?']);
  });

  it('cannot be made where what has to stay does not fit', async () => {
    await expect(fitContext(long, { maxTokens: 10, estimateTokens: byLength })).rejects.toMatchObject({
      code: 'AIWORK_LIMIT_EXCEEDED',
    });
  });

  it('never has more tokens than are allowed, and always the last question', async () => {
    const message = fc
      .tuple(fc.constantFrom(user, assistant), fc.string({ maxLength: 200 }))
      .map(([make, text]) => make(text));
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { maxLength: 20 }),
        fc.string(),
        fc.integer({ min: 60, max: 400 }),
        async (before, summary, maxTokens) => {
          const messages = [system('Be brief.'), ...before, user('last?')];
          const fitting = await fitContext(messages, { maxTokens, summarise: () => summary });
          expect(estimateTokens(fitting)).toBeLessThanOrEqual(maxTokens);
          expect(fitting.at(-1)).toEqual(user('last?'));
          expect(fitting[0]).toEqual(system('Be brief.'));
        },
      ),
    );
  });
});
