import type { Embedder } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { checkText } from '../check-text.fixture.ts';
import { type GroundingGuardrailOptions, groundingGuardrail } from './grounding-guardrail.ts';

const passages = [
  'The bridge was opened in 1932 by the mayor. Its total length is 1,149 metres.',
  'Trains have crossed the bridge since the opening; the fee for cars was abolished in 1979.',
];
const grounded = (options: Partial<GroundingGuardrailOptions> = {}) =>
  groundingGuardrail({ name: 'g', passages: () => passages, ...options });

async function unsupported(text: string, options?: Partial<GroundingGuardrailOptions>) {
  const verdict = await checkText(grounded(options), text);
  if (verdict.action === 'pass') return [];
  return /passage: ([\d, ]+)\./
    .exec(verdict.action === 'retry' ? verdict.feedback : '')?.[1]
    ?.split(', ')
    .map(Number);
}

/** Vectors by what a text is about. */
const topics = ['motor', 'car', 'toll', 'fee', 'cheese'];
const meanings = new Map([
  ['motor', 'car'],
  ['toll', 'fee'],
]);
function embedderOf(asked: string[][] = []): Embedder {
  const close = async () => {};
  return {
    id: 'topics',
    capabilities: {
      dimensions: 5,
      maxTexts: 2,
      maxTokens: Infinity,
      normalized: false,
      asymmetric: false,
      tolerance: 0,
    },
    async embed(texts) {
      asked.push([...texts]);
      const vectors = texts.map((text) => {
        const found = topics.filter((topic) => text.toLowerCase().includes(topic));
        const meant = new Set(found.map((topic) => meanings.get(topic) ?? topic));
        return Float32Array.from(topics, (topic) => (meant.has(topic) ? 1 : 0.01));
      });
      return { vectors, tokens: 0, truncated: [] };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

describe('groundingGuardrail', () => {
  it.each([
    ['The mayor opened the bridge in 1932.', []],
    ['It is 1149 metres long. The bridge opened in 1932!', []],
    ['Yes. It is so.', []],
    ['The bridge was opened in 1933.', [1]],
    ['The bridge was opened in 1932. Elephants marched across during celebrations. Cars paid a fee.', [2]],
    ['- Trains crossed the bridge\n- Penguins designed railings\n', [2]],
  ])('finds in %j the sentences %j', async (text, expected) => {
    expect(await unsupported(text)).toEqual(expected);
  });

  it('counts sentences that take their words from different passages as their own', async () => {
    expect(await unsupported('Mayor abolished trains length opening total', { minWords: 0.8 })).toEqual([1]);
  });

  it('compares by meaning, where there is an embedder, what shares too few words', async () => {
    const text = 'Motorists stopped paying tolls. Cheese tastes wonderful.';
    expect(await unsupported(text)).toEqual([1, 2]);
    const asked: string[][] = [];
    expect(await unsupported(text, { embedder: embedderOf(asked), minSimilarity: 0.5 })).toEqual([2]);
    expect(asked.every((texts) => texts.length <= 2)).toBe(true);
  });

  it('lets no number pass for one of a passage because it means the same', async () => {
    expect(await unsupported('The toll ended in 1980.', { embedder: embedderOf() })).toEqual([1]);
  });

  it('asks for the passages of the run', async () => {
    const { signal } = new AbortController();
    const seen: unknown[] = [];
    const guardrail = grounded({
      passages: ({ runId }) => {
        seen.push(runId);
        return [];
      },
    });
    await guardrail.check({ text: 'A sentence.', final: true }, { signal, runId: 'r' });
    expect(seen).toEqual(['r']);
  });

  it('blocks when there are no passages to be had', async () => {
    const guardrail = grounded({ passages: () => Promise.reject(new Error('away')) });
    expect(await checkText(guardrail, 'x')).toEqual({ action: 'block', reason: 'it threw Error: away' });
  });

  it.each([{ minWords: 0 }, { minSimilarity: 2 }, { passages: undefined as never }])(
    'refuses %o',
    (options) => {
      expect(() => grounded(options)).toThrow('guardrail "g"');
    },
  );
});
