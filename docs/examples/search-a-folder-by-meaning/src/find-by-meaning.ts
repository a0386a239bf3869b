import { cosineSimilarity, type Embedder, embedAll } from '@aiwork/core';
import type { Passage } from './passage.ts';

/** A passage that was found. */
export interface Hit extends Passage {
  /** Cosine to the query: 1 where it says the same. */
  readonly score: number;
}

/** The passages whose vectors are closest to that of the query, best first. */
export async function findByMeaning(
  embedder: Embedder,
  { query, topK }: { readonly query: string; readonly topK: number },
  passages: readonly Passage[],
  signal: AbortSignal,
): Promise<readonly Hit[]> {
  const [asked = new Float32Array()] = await embedAll(embedder, [query], { kind: 'query', signal });
  const texts = passages.map(({ text }) => text);
  const vectors = await embedAll(embedder, texts, { kind: 'document', signal });
  return vectors
    .map((vector, i) => ({ ...(passages[i] as Passage), score: cosineSimilarity(asked, vector) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, topK);
}
