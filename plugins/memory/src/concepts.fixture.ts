import type { Embedder } from '@aiwork/core';

/** What words mean, as far as the tests go. */
const concepts: readonly (readonly string[])[] = [
  ['tea', 'mate', 'coffee', 'drink', 'brew'],
  ['bread', 'cake', 'food', 'bake'],
  ['hot', 'steeped', 'warm'],
];

/** Stands in for a model: a number for each concept, and one that all texts have. */
export function conceptEmbedder({ id = 'concepts-1', maxTexts = 2 } = {}) {
  const asked: { readonly texts: readonly string[]; readonly kind: string | undefined }[] = [];
  const embedder: Embedder = {
    id,
    capabilities: Object.freeze({
      dimensions: 4,
      maxTexts,
      maxTokens: Number.POSITIVE_INFINITY,
      normalized: false,
      asymmetric: false,
      tolerance: 0,
    }),
    async embed(texts, { kind, signal } = {}) {
      signal?.throwIfAborted();
      asked.push({ texts, kind });
      return { vectors: texts.map(vectorOf), tokens: 0, truncated: [] };
    },
    async close() {},
    async [Symbol.asyncDispose]() {},
  };
  return { embedder, asked };
}

function vectorOf(text: string): Float32Array {
  const words = text.toLowerCase().split(/\W+/);
  const counts = concepts.map((concept) => words.filter((word) => concept.includes(word)).length);
  return Float32Array.of(...counts, 0.1);
}
