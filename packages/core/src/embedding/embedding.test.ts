import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EmbedOptions } from '../adapters/embedder.ts';
import { cosineSimilarity } from './cosine-similarity.ts';
import { embedAll } from './embed-all.ts';

/** Makes of each text a vector of its length, two texts at most a call. */
function lengths(vectorsOf: (texts: readonly string[]) => Float32Array[] = (texts) => texts.map(vectorOf)) {
  const calls: { texts: readonly string[]; options: EmbedOptions | undefined }[] = [];
  return {
    calls,
    id: 'lengths',
    capabilities: {
      dimensions: 1,
      maxTexts: 2,
      maxTokens: Number.POSITIVE_INFINITY,
      normalized: false,
      asymmetric: false,
      tolerance: 0,
    },
    async embed(texts: readonly string[], options?: EmbedOptions) {
      calls.push({ texts, options });
      return { vectors: vectorsOf(texts), tokens: 0, truncated: [] };
    },
  };
}

const vectorOf = (text: string) => Float32Array.of(text.length);

describe('embedAll', () => {
  it('asks for as many texts at once as the embedder takes, in order, with the options of the caller', async () => {
    const embedder = lengths();
    const { signal } = new AbortController();
    const vectors = await embedAll(embedder, ['', 'a', 'of', 'tea', 'milk'], { kind: 'query', signal });
    expect(vectors.map(([first]) => first)).toEqual([0, 1, 2, 3, 4]);
    expect(embedder.calls).toEqual(
      [['', 'a'], ['of', 'tea'], ['milk']].map((texts) => ({ texts, options: { kind: 'query', signal } })),
    );
  });

  it('asks for nothing when there is no text', async () => {
    const embedder = lengths();
    expect(await embedAll(embedder, [])).toEqual([]);
    expect(embedder.calls).toEqual([]);
  });

  it('refuses an embedder that gives too few vectors, by its name', async () => {
    await expect(
      embedAll(
        lengths(() => [vectorOf('a')]),
        ['a', 'b'],
      ),
    ).rejects.toMatchObject({
      code: 'AIWORK_INVALID_OUTPUT',
      message: expect.stringContaining('"lengths" gave 1 vectors for 2 texts'),
    });
  });
});

describe('cosineSimilarity', () => {
  it('is 1 for the same direction, −1 for the opposite one, 0 for a right angle and for no length', () => {
    const east = Float32Array.of(2, 0);
    const to = (...numbers: number[]) => cosineSimilarity(east, Float32Array.of(...numbers));
    expect([to(7, 0), to(-7, 0), to(0, 3), to(0, 0), to(3, 4)]).toEqual([1, -1, 0, 0, 0.6]);
  });

  it('never leaves −1 to 1, and does not depend on the order', () => {
    const vector = fc.float32Array({ minLength: 8, maxLength: 8, noNaN: true, min: -1e9, max: 1e9 });
    fc.assert(
      fc.property(vector, vector, (one, other) => {
        const cosine = cosineSimilarity(one, other);
        expect(Math.abs(cosine)).toBeLessThanOrEqual(1);
        expect(cosine).toBe(cosineSimilarity(other, one));
      }),
    );
  });

  it('refuses vectors of different models', () => {
    expect(() => cosineSimilarity(new Float32Array(2), new Float32Array(3))).toThrow(
      'a vector of 2 numbers cannot be compared with one of 3',
    );
  });
});
