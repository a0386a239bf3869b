import { cosineSimilarity, type Embedder, embedAll } from '@aiwork/core';
import type { Passage } from '../document.ts';
import { passageSentences } from './passage-sentences.ts';

/** A sentence that means what is asked, whatever its words are. */
export interface NearSentence {
  readonly text: string;
  /** Cosine to the question, from 0.3 to 1. */
  readonly nearness: number;
}

/** From here on, sentences are about the same. Set by looking at what all-MiniLM-L6-v2 gives; other models have other scales. */
const nearEnough = 0.3;

/** For each passage, its sentences that are near to the question, nearest first. */
export async function nearSentences(
  passages: readonly Passage[],
  asked: Float32Array,
  { embedder, signal }: { readonly embedder: Embedder; readonly signal: AbortSignal },
): Promise<readonly (readonly NearSentence[])[]> {
  const all = passages.flatMap((passage, of) => passageSentences(passage).map((text) => ({ of, text })));
  const texts = all.map(({ text }) => text);
  const vectors = await embedAll(embedder, texts, { kind: 'document', signal });
  const near = all
    .map((sentence, i) => ({ ...sentence, nearness: cosineSimilarity(asked, vectors[i] as Float32Array) }))
    .filter(({ nearness }) => nearness >= nearEnough)
    .sort((a, b) => b.nearness - a.nearness);
  const byPassage = Map.groupBy(near, ({ of }) => of);
  return passages.map((_, i) => (byPassage.get(i) ?? []).map(({ text, nearness }) => ({ text, nearness })));
}
