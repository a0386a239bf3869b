import type { Embedder } from '@aiwork/core';

/** Words, by what they mean. */
const meanings = [
  ['rain', 'umbrella', 'wet'],
  ['shoes', 'boots', 'sneakers'],
  ['open', 'hours', 'nine'],
];

/** Knows what a few words mean, and nothing of others. */
export const fewMeanings: Embedder = {
  id: 'few-meanings',
  capabilities: {
    dimensions: meanings.length,
    maxTexts: 2,
    maxTokens: Number.POSITIVE_INFINITY,
    normalized: false,
    asymmetric: false,
    tolerance: 0,
  },
  async embed(texts) {
    const vectors = texts.map((text) =>
      Float32Array.from(
        meanings,
        (words) => words.filter((word) => text.toLowerCase().includes(word)).length,
      ),
    );
    return { vectors, tokens: 0, truncated: [] };
  },
  close: async () => {},
  [Symbol.asyncDispose]: async () => {},
};
