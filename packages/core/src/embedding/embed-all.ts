import type { Embedder, EmbedOptions } from '../adapters/embedder.ts';
import { AiworkError } from '../errors.ts';

/**
 * The vectors of any number of texts, one a text, in order: `embed` takes only `maxTexts` at once. The calls are made one
 * after the other, and the first that fails ends it.
 *
 * @throws what `embedder.embed` rejects with; `AIWORK_INVALID_OUTPUT` when it gives more or fewer vectors than texts.
 * @example
 * ```ts
 * import { type Embedder, embedAll } from '@aiwork/core';
 *
 * // Stands for a real one, such as @aiwork/embeddings has.
 * const letters: Pick<Embedder, 'id' | 'capabilities' | 'embed'> = {
 *   id: 'letters',
 *   capabilities: { dimensions: 1, maxTexts: 2, maxTokens: Infinity, normalized: false, asymmetric: false, tolerance: 0 },
 *   embed: async (texts) => ({ vectors: texts.map(({ length }) => Float32Array.of(length)), tokens: 0, truncated: [] }),
 * };
 * console.log((await embedAll(letters, ['a', 'of', 'tea'])).length); // 3
 * ```
 * @since 0.1.0
 */
export async function embedAll(
  embedder: Pick<Embedder, 'id' | 'capabilities' | 'embed'>,
  texts: readonly string[],
  options: EmbedOptions = {},
): Promise<readonly Float32Array[]> {
  const { maxTexts } = embedder.capabilities;
  const all: Float32Array[] = [];
  for (let from = 0; from < texts.length; from += maxTexts) {
    const batch = texts.slice(from, from + maxTexts);
    const { vectors } = await embedder.embed(batch, options);
    if (vectors.length !== batch.length)
      throw new AiworkError(
        'AIWORK_INVALID_OUTPUT',
        `the embedder ${JSON.stringify(embedder.id)} gave ${vectors.length} vectors for ${batch.length} texts: it has to give one for each`,
      );
    all.push(...vectors);
  }
  return all;
}
