import { cosineSimilarity, type Embedder, type EmbedOptions } from '@aiwork/core';

/** How alike texts are to one. */
export interface Similarities {
  /** Cosines, one a text, in order. */
  readonly similarities: readonly number[];
  readonly tokens: number;
  /** Indexes of the texts that were cut off. */
  readonly truncated: readonly number[];
  /** Whether the query was cut off. */
  readonly isQueryTruncated: boolean;
}

/** Compares texts, as documents, with a query. */
export async function similaritiesTo(
  query: string,
  texts: readonly string[],
  embed: (texts: readonly string[], options: Pick<EmbedOptions, 'kind'>) => ReturnType<Embedder['embed']>,
): Promise<Similarities> {
  const [asked, given] = await Promise.all([
    embed([query], { kind: 'query' }),
    embed(texts, { kind: 'document' }),
  ]);
  const vector = asked.vectors[0] ?? new Float32Array();
  return {
    similarities: given.vectors.map((each) => cosineSimilarity(vector, each)),
    tokens: asked.tokens + given.tokens,
    truncated: given.truncated,
    isQueryTruncated: asked.truncated.length > 0,
  };
}
