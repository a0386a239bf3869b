import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../adapters/chat-model.ts';
import { scriptedChatModel } from '../testing/scripted-chat-model.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { summariseWith } from './summarise-with.ts';
import { summaryMessage } from './summary-message.ts';

const call: Message = {
  role: 'assistant',
  content: '',
  toolCalls: [{ id: '1', name: 'look', input: { where: 'x'.repeat(300) } }],
};

describe('estimateTokens', () => {
  it('counts what a tool is called with, and pictures', () => {
    expect(estimateTokens([call])).toBeGreaterThan(100);
    const image = { url: 'https://example.com/cat.png' };
    expect(estimateTokens([{ role: 'user', content: '', images: [image, image] }])).toBe(8 + 3200);
  });
});

describe('summariseWith', () => {
  it('shows the model what was said and called, as data', async () => {
    const model = scriptedChatModel(['Tom is a cat.']);
    const told: readonly Message[] = [
      { role: 'user', content: 'I have a cat, Tom.' },
      { role: 'assistant', content: '', toolCalls: [{ id: '1', name: 'look', input: { for: 'Tom' } }] },
    ];
    expect(await summariseWith(model)(told, { maxTokens: 50 })).toBe('Tom is a cat.');
    expect(model.requests[0]).toMatchObject({
      maxTokens: 50,
      messages: [
        { role: 'system' },
        {
          content:
            '<user>\nI have a cat, Tom.\n</user>\n<assistant>\ncalls look: {"for":"Tom"}\n</assistant>',
        },
      ],
    });
  });

  it('gives no summary that a content filter stopped', async () => {
    const model = scriptedChatModel([{ text: 'Tom is', reason: 'content-filter' }]);
    await expect(summariseWith(model)([call], { maxTokens: 50 })).rejects.toMatchObject({
      code: 'AIWORK_MODEL_INCOMPLETE',
    });
  });
});

describe('summaryMessage', () => {
  it('never takes more than it may, and is well-formed wherever it is cut', () => {
    const words = fc.string({ unit: fc.constantFrom('a', ' ', '🐈', 'ü'), maxLength: 200 });
    fc.assert(
      fc.property(words, fc.integer({ min: 0, max: 100 }), (text, maxTokens) => {
        const message = summaryMessage(text, maxTokens, estimateTokens);
        if (!message) return;
        expect(estimateTokens([message])).toBeLessThanOrEqual(maxTokens);
        expect(message.content.isWellFormed()).toBe(true);
      }),
      { seed: 9, numRuns: 500 },
    );
    expect(summaryMessage('Tom is a cat.', 100, estimateTokens)?.content).toContain('Tom is a cat.');
    expect(summaryMessage('  ', 100, estimateTokens)).toBeUndefined();
  });
});
