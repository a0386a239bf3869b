import type { Embedder } from '@aiwork/core';

/** Counts words, each of a fixed number of dimensions: texts of the same words are the same, others less so. */
export function wordEmbedder(
  words: readonly string[],
  maxTexts = 2,
): Embedder & { readonly calls: string[][] } {
  const calls: string[][] = [];
  return {
    calls,
    id: 'words-1',
    capabilities: {
      dimensions: words.length,
      maxTexts,
      maxTokens: Number.POSITIVE_INFINITY,
      normalized: false,
      asymmetric: false,
      tolerance: 0,
    },
    async embed(texts) {
      calls.push([...texts]);
      const vectors = texts.map((text) => {
        const said = text.toLowerCase().split(/\W+/);
        return Float32Array.from(words, (word) => said.filter((other) => other === word).length);
      });
      return { vectors, tokens: 0, truncated: [] };
    },
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}
