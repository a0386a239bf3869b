import { AiworkError, type ChatRequest, generate } from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { measureThresholds, type SemanticModelOptions, semanticModel } from '../index.ts';
import { wordEmbedder } from './word-embedder.fixture.ts';

const words = ['capital', 'of', 'france', 'spain', 'what', 'is', 'the'];

function asking(
  script: Parameters<typeof scriptedChatModel>[0],
  options: Partial<SemanticModelOptions> = {},
) {
  const embedder = wordEmbedder(words);
  const inner = scriptedChatModel(script);
  const model = semanticModel(inner, { embedder, threshold: 0.95, ...options });
  const ask = async (content: string, more: Partial<ChatRequest> = {}) => {
    const { text, usage } = await generate(model, { messages: [{ role: 'user', content }], ...more });
    return { text, free: usage?.inputTokens === 0 };
  };
  return { model, inner, ask };
}

describe('semanticModel', () => {
  it('tells the price of the model', () => {
    const price = { inputToken: 1e-6, outputToken: 4e-6 };
    const options = { embedder: wordEmbedder(words), threshold: 0.95 };
    expect(semanticModel({ ...scriptedChatModel([]), price }, options).price).toEqual(price);
  });

  it('gives the reply to a question that means nearly the same, for nothing', async () => {
    const { ask, model } = asking(['Paris.', 'Madrid.']);
    expect(await ask('What is the capital of France?')).toEqual({ text: 'Paris.', free: false });
    expect(await ask('the capital of France is what')).toEqual({ text: 'Paris.', free: true });
    expect(await ask('What is the capital of Spain?')).toEqual({ text: 'Madrid.', free: false });
    expect(model.report()).toEqual({ hits: 1, misses: 2, leftOut: 0, failed: 0, checked: 0, wrong: 0 });
  });

  it('gives that to the most alike question of several', async () => {
    const { ask } = asking(['Paris.', 'Madrid.'], { threshold: 0.5 });
    const { ask: exact } = asking(['Paris.', 'Madrid.'], { threshold: 1 });
    for (const each of [ask, exact]) await each('capital of France');
    await exact('capital of Spain');
    expect((await exact('of Spain capital')).text).toBe('Madrid.');
    expect((await ask('capital of Spain')).text).toBe('Paris.');
  });

  it.each<[string, Partial<ChatRequest>]>([
    [
      'a system message',
      {
        messages: [
          { role: 'system', content: 'Rhyme.' },
          { role: 'user', content: 'capital of France' },
        ],
      },
    ],
    ['a tool', { tools: [{ name: 'a', description: '', inputSchema: {} }] }],
    ['a schema', { schema: { type: 'object' } }],
    ['a temperature', { temperature: 1 }],
  ])('asks anew where %s is different', async (_, more) => {
    const { ask } = asking(['Paris.', 'other']);
    await ask('capital of France');
    expect((await ask('capital of France', more)).text).toBe('other');
  });

  it('keeps no reply that failed or is not whole', async () => {
    const { ask } = asking([
      { text: 'Par', error: new AiworkError('AIWORK_TEST', 'down') },
      { text: 'Par', reason: 'length' },
      'Paris.',
    ]);
    await ask('capital of France').catch(() => {});
    await ask('capital of France');
    expect((await ask('capital of France')).text).toBe('Paris.');
  });

  it('looks nothing up that has images, or does not end with the user', async () => {
    const { model, ask } = asking(['one', 'two', 'three']);
    const images = [{ url: 'https://example.org/a.png' }];
    await ask('', { messages: [{ role: 'user', content: 'capital', images }] });
    await ask('', { messages: [{ role: 'user', content: 'capital', images }] });
    await ask('', { messages: [{ role: 'tool', content: 'capital', toolCallId: 'c' }] });
    expect(model.report()).toMatchObject({ leftOut: 3, hits: 0, misses: 0 });
  });

  it('reports how many of the hits it checked were wrong, and gives what is right', async () => {
    const { ask, model } = asking(['Paris.', 'Paris.', 'Madrid.', 'never'], {
      threshold: 0.5,
      check: { share: 1, isSame: (given, now) => given === now },
    });
    await ask('capital of France');
    expect(await ask('the capital of France')).toEqual({ text: 'Paris.', free: false });
    expect(await ask('capital of Spain')).toEqual({ text: 'Madrid.', free: false });
    expect(model.report()).toMatchObject({ hits: 0, checked: 2, wrong: 1, wrongShare: 0.5 });
  });

  it('checks a share', async () => {
    const draws = [0.1, 0.3];
    const { ask, model } = asking(['Paris.', 'Paris.'], {
      check: { share: 0.25, isSame: () => true },
      random: () => draws.shift() ?? 1,
    });
    for (let i = 0; i < 3; i += 1) await ask('capital of France');
    expect(model.report()).toMatchObject({ checked: 1, hits: 1 });
  });

  it('goes on without an embedder that fails, and a check that does', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const broken = { ...wordEmbedder(words), embed: async () => Promise.reject(new Error('down')) };
    const { ask, model } = asking(['Paris.', 'Madrid.'], { embedder: broken });
    for (const question of ['capital of France', 'capital of France']) await ask(question);
    expect(model.report()).toMatchObject({ failed: 2, hits: 0 });
    const { ask: checked, model: other } = asking(['Paris.', 'Paris.'], {
      check: { share: 1, isSame: () => Promise.reject(new Error('judge is down')) },
    });
    for (const question of ['capital of France', 'capital of France']) await checked(question);
    expect([other.report().checked, warn.mock.calls[0]?.[0]]).toEqual([
      0,
      expect.stringContaining('judge is down'),
    ]);
  });

  it('forgets what is over, and what was given least recently', async () => {
    let time = 0;
    const { ask } = asking(['Paris.', 'Madrid.', 'What?', 'Madrid again.', 'Paris again.'], {
      maxEntries: 2,
      ttl: 100,
      now: () => time,
    });
    await ask('France');
    await ask('Spain');
    await ask('France');
    await ask('what');
    expect([(await ask('France')).free, (await ask('Spain')).text]).toEqual([true, 'Madrid again.']);
    time = 100;
    expect((await ask('France')).text).toBe('Paris again.');
  });

  it.each([0, 1.01, Number.NaN])('refuses a threshold of %s', (threshold) => {
    expect(() => asking([], { threshold })).toThrow('give more than 0, at most 1');
  });
});

describe('measureThresholds', () => {
  const pairs = [
    { one: 'capital of France', other: 'of France the capital', same: true },
    { one: 'capital of France', other: 'capital of Spain', same: false },
    { one: 'what', other: 'is', same: true },
  ];

  it('says what each would find, and how often it would be wrong', async () => {
    const embedder = wordEmbedder(words);
    expect(await measureThresholds(embedder, pairs, [0.5, 0.8, 0.99])).toEqual([
      { threshold: 0.5, hits: 2, wrongHits: 1, missed: 1, wrongShare: 0.5, foundShare: 0.5 },
      { threshold: 0.8, hits: 1, wrongHits: 0, missed: 1, wrongShare: 0, foundShare: 0.5 },
      { threshold: 0.99, hits: 0, wrongHits: 0, missed: 2, wrongShare: 0, foundShare: 0 },
    ]);
    expect(embedder.calls.map((texts) => texts.length)).toEqual([2, 2, 2]);
  });

  it('needs pairs', async () => {
    await expect(measureThresholds(wordEmbedder(words), [])).rejects.toThrow('give at least one');
  });
});
