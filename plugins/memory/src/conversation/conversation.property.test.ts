import { createMemoryStateStore, estimateTokens, type Message } from '@aiwork/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createConversations } from './create-conversations.ts';
import { exchange, user, withTool } from './scripted.fixture.ts';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '🐈', ' '), maxLength: 60 });
const turn = fc.oneof(
  word.map((text) => exchange(text)),
  fc.tuple(word, word).map(([text, result]) => withTool(text, 'c', result)),
);

/** What happens to a conversation. */
const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ add: turn, about: fc.constantFrom('ada', 'bob') }) },
  { weight: 2, arbitrary: fc.record({ ask: word, maxTokens: fc.integer({ min: 150, max: 600 }) }) },
  { weight: 1, arbitrary: fc.record({ forget: fc.constantFrom('ada', 'bob') }) },
  { weight: 1, arbitrary: fc.record({ break: fc.constantFrom('summary', 'recall', 'nothing') }) },
);

/** Counts more together than one by one. */
const withSeparators = (messages: readonly Message[]) => estimateTokens(messages) + messages.length ** 2;

const byLetters = (isBroken: () => boolean) => ({
  id: 'letters',
  capabilities: {
    dimensions: 2,
    maxTexts: 3,
    maxTokens: 99,
    normalized: false,
    asymmetric: false,
    tolerance: 0,
  },
  async embed(all: readonly string[]) {
    if (isBroken()) throw new Error('no recall');
    const vectors = all.map((text) => Float32Array.of(text.split('a').length, text.split('b').length));
    return { vectors, tokens: 0, truncated: [] };
  },
  close: async () => {},
  [Symbol.asyncDispose]: async () => {},
});

it('never tells more than is allowed, nor in another order, nor a call without its result, nor what was forgotten', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 30 }),
      fc.constantFrom(estimateTokens, withSeparators),
      fc.constantFrom(1, 3, undefined),
      async (actions, tokensOf, maxTurns) => {
        let broken = 'nothing';
        const chat = createConversations({
          store: createMemoryStateStore(),
          estimateTokens: tokensOf,
          ...(maxTurns && { maxTurns }),
          embedder: byLetters(() => broken === 'recall'),
          summarise(messages) {
            if (broken === 'summary') throw new Error('no summary');
            return messages.map(({ content }) => content).join('/') || 'nothing';
          },
        }).open('a');
        const expected: { id: string; about: string; messages: readonly Message[] }[] = [];
        let count = 0;
        for (const next of actions) {
          if ('add' in next) {
            count += 1;
            const id = String(count);
            // The name of the subject stands in the turn, so that it can be looked for.
            const messages = [user(`${next.about} ${id}`), ...next.add.slice(1)];
            await chat.add(messages, { id, about: [next.about] });
            expected.push({ id, about: next.about, messages });
          } else if ('forget' in next) {
            await chat.forget({ about: next.forget });
            const left = expected.filter(({ about }) => about !== next.forget);
            expected.splice(0, expected.length, ...left);
          } else if ('break' in next) broken = next.break;
          else {
            const { messages, tokens, recent, recalled, summary } = await chat.context(next.ask, next);
            expect(tokens).toBe(tokensOf(messages));
            expect(tokens).toBeLessThanOrEqual(next.maxTokens);
            const told = expected.filter(({ id }) => recalled.includes(id) || recent.includes(id));
            expect(told.map(({ id }) => id)).toEqual([...recalled, ...recent]);
            expect(messages).toEqual([
              ...(summary ? [messages[0]] : []),
              ...told.flatMap((one) => one.messages),
              user(next.ask),
            ]);
            for (const subject of ['ada', 'bob'])
              if (!expected.some(({ about }) => about === subject))
                expect(JSON.stringify([messages, await chat.summary()])).not.toContain(subject);
          }
        }
        expect((await chat.turns()).map(({ id, messages }) => ({ id, messages }))).toEqual(
          expected.map(({ id, messages }) => ({ id, messages })),
        );
      },
    ),
    { numRuns: 500, seed: 9 },
  );
});
