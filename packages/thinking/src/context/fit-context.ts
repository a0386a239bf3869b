import {
  AiworkError,
  cosineSimilarity,
  type Embedder,
  embedAll,
  estimateTokens,
  type Message,
  type Summarise,
} from '@aiwork/core';
import { summaryMessage } from '@aiwork/core/adapter-kit';
import { type Block, blocksOf, textOf } from './blocks.ts';

/** @since 0.1.0 */
export interface FitContextOptions {
  /** Most tokens of all messages together. */
  readonly maxTokens: number;
  /** Default: {@link estimateTokens}. */
  estimateTokens?(messages: readonly Message[]): number;
  /**
   * Says what is left out in a few words. What it gives stands before the rest, and is cut off beyond `maxTokens`, a quarter
   * of the whole. Default: what is left out is gone.
   */
  readonly summarise?: Summarise;
  /** Keeps, of what is older, what is nearest to the last question by meaning, and nothing twice. Default: the newest. */
  readonly embedder?: Embedder;
  readonly signal?: AbortSignal;
}

/** Two that are nearer than this say the same. */
const sameMeaning = 0.97;

/**
 * A conversation that fits. Instructions and what the user said last stay as they are, in their order with what else there is
 * room for; a tool call stays with its result.
 *
 * @throws `AIWORK_LIMIT_EXCEEDED` when what has to stay does not fit by itself; what `summarise` and the embedder throw.
 * @example
 * ```ts
 * import { fitContext } from '@aiwork/thinking';
 *
 * const messages = [
 *   { role: 'user', content: 'My cat is Tom. '.repeat(50) },
 *   { role: 'assistant', content: 'Hi, Tom!' },
 *   { role: 'user', content: 'His name?' },
 * ] as const;
 * const fitting = await fitContext(messages, { maxTokens: 120, summarise: () => 'The cat is Tom.' });
 * for (const { content } of fitting) console.log(content.replace('\n', ' '));
 * // What was said before, in short: The cat is Tom.
 * // Hi, Tom!
 * // His name?
 * ```
 * @since 0.1.0
 */
export async function fitContext(
  messages: readonly Message[],
  options: FitContextOptions,
): Promise<readonly Message[]> {
  const { maxTokens, summarise, signal, estimateTokens: tokensOf = estimateTokens } = options;
  if (tokensOf(messages) <= maxTokens) return messages;
  const blocks = blocksOf(messages);
  const pinned = blocks.filter(({ isPinned }) => isPinned);
  const needed = tokensOf(pinned.flatMap((block) => block.messages));
  if (needed > maxTokens) {
    throw new AiworkError(
      'AIWORK_LIMIT_EXCEEDED',
      `instructions and the last question take ${needed} tokens, ${maxTokens} are allowed: shorten them, or raise maxTokens`,
    );
  }
  const summaryTokens = summarise ? Math.min(Math.floor(maxTokens / 4), maxTokens - needed) : 0;
  const kept = new Set(pinned);
  let left = maxTokens - needed - summaryTokens;
  for (const block of await byWorth(blocks, options)) {
    const tokens = tokensOf(block.messages);
    if (tokens > left) continue;
    left -= tokens;
    kept.add(block);
  }
  const rest = blocks.filter((block) => kept.has(block)).flatMap((block) => block.messages);
  const leftOut = blocks.filter((block) => !kept.has(block)).flatMap((block) => block.messages);
  if (!summarise || leftOut.length === 0 || summaryTokens === 0) return rest;
  const summary = await summarise(leftOut, { maxTokens: summaryTokens, ...(signal && { signal }) });
  const head = summaryMessage(summary, summaryTokens, tokensOf);
  const firstSaid = rest.findIndex(({ role }) => role !== 'system');
  return head ? rest.toSpliced(firstSaid, 0, head) : rest;
}

/** What need not stay, the most worth keeping first. */
async function byWorth(
  blocks: readonly Block[],
  { embedder, signal }: FitContextOptions,
): Promise<readonly Block[]> {
  const newestFirst = blocks.filter(({ isPinned }) => !isPinned).toReversed();
  if (!embedder) return newestFirst;
  const question = blocks.findLast(({ messages }) => messages[0]?.role === 'user');
  const texts = [...newestFirst, ...(question ? [question] : [])].map(textOf);
  const vectors = await embedAll(embedder, texts, signal && { signal });
  const asked = question && vectors.at(-1);
  const embedded = newestFirst.map((block, i) => {
    const vector = vectors[i] as Float32Array;
    return { block, vector, nearness: asked ? cosineSimilarity(vector, asked) : 0 };
  });
  const saysTheSame = (one: Float32Array, other: Float32Array) => cosineSimilarity(one, other) > sameMeaning;
  return embedded
    .filter(({ vector }, i) => !embedded.slice(0, i).some((newer) => saysTheSame(newer.vector, vector)))
    .sort((a, b) => b.nearness - a.nearness)
    .map(({ block }) => block);
}
