import type { Embedder } from '@aiwork/core';
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
  const { maxTexts } = embedder.capabilities;
  const asked = await embedder.embed([query], { kind: 'query', signal });
  const hits: Hit[] = [];
  for (let start = 0; start < passages.length; start += maxTexts) {
    const some = passages.slice(start, start + maxTexts);
    const { vectors } = await embedder.embed(
      some.map(({ text }) => text),
      { kind: 'document', signal },
    );
    for (const [i, passage] of some.entries())
      hits.push({ ...passage, score: cosine(asked.vectors[0], vectors[i]) });
  }
  return hits.sort((a, b) => b.score - a.score).slice(0, topK);
}

function cosine(one: Float32Array = new Float32Array(), other: Float32Array = new Float32Array()): number {
  const dot = one.reduce((sum, part, i) => sum + part * (other[i] ?? 0), 0);
  return dot / (Math.hypot(...one) * Math.hypot(...other) || 1);
}
