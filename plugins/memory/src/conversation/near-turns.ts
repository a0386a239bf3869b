import { cosineSimilarity, type Embedder, embedAll } from '@aiwork/core';
import { diversify } from '../diversify.ts';
import { prepared } from '../vectors/similarity.ts';
import type { ConversationTurn } from './conversation-turn.ts';

/** How much being unlike the others counts beside being near. */
const diversity = 0.5;
/** Of so many nearest ones; comparing all with all would take long. */
const mostNear = 100;

/**
 * Turns in the order in which they are worth telling again: near to what is asked, and unlike those before them.
 *
 * @throws what the embedder throws.
 */
export async function nearTurns(
  turns: readonly ConversationTurn[],
  question: string,
  { embedder, signal }: { readonly embedder: Embedder; readonly signal: AbortSignal | undefined },
): Promise<readonly ConversationTurn[]> {
  const spoken = turns.map((turn) => ({ turn, text: textOf(turn) })).filter(({ text }) => text !== '');
  if (spoken.length === 0) return [];
  const texts = spoken.map(({ text }) => text);
  const vectors = await embedAll(embedder, texts, { kind: 'document', ...(signal && { signal }) });
  const [asked] = await embedAll(embedder, [question], { kind: 'query', ...(signal && { signal }) });
  const byId = new Map(
    spoken.map(({ turn }, i) => [turn.id, prepared(vectors[i] as Float32Array, 'cosine')]),
  );
  const near = spoken
    .map(({ turn }, i) => ({
      id: turn.id,
      turn,
      score: cosineSimilarity(vectors[i] as Float32Array, asked as Float32Array),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, mostNear);
  const chosen = diversify(near, { topK: near.length, diversity, vectorOf: (id) => byId.get(id) });
  return chosen.map(({ turn }) => turn);
}

/** What was said to each other: results of tools are long, and seldom what is asked for again. */
function textOf({ messages }: ConversationTurn): string {
  const said = messages.filter(({ role }) => role !== 'tool').map(({ content }) => content.trim());
  return said.filter((text) => text !== '').join('\n');
}
