import { AiworkError, type Message, type Summarise } from '@aiwork/core';
import { summaryMessage } from '@aiwork/core/adapter-kit';
import type { ConversationRecord } from './conversation-record.ts';
import type { ConversationSummary, ConversationTurn } from './conversation-turn.ts';

export interface SummariseTurnsOptions {
  readonly summarise: Summarise;
  /** Most tokens of the summary. */
  readonly maxTokens: number;
  /** Most tokens that are shown to the summariser at once. */
  readonly maxShownTokens: number;
  tokensOf(messages: readonly Message[]): number;
  readonly signal: AbortSignal | undefined;
}

/** Turns that no summary tells of yet. */
export function untold({ turns, summary }: ConversationRecord): readonly ConversationTurn[] {
  const told = new Set(summary?.of);
  return turns.filter(({ id }) => !told.has(id));
}

/** The first of these turns, as many as are shown to the summariser at once; one at least. */
export function nextToTell(
  turns: readonly ConversationTurn[],
  { maxShownTokens, tokensOf }: SummariseTurnsOptions,
): readonly ConversationTurn[] {
  let left = maxShownTokens;
  const end = turns.findIndex(({ messages }, i) => {
    left -= tokensOf(messages);
    return i > 0 && left < 0;
  });
  return end < 0 ? turns : turns.slice(0, end);
}

/**
 * A summary that tells of turns, and of all that the one before it told of.
 *
 * @throws what `summarise` throws; `AIWORK_MODEL_INVALID_REPLY` when it says nothing.
 */
export async function summariseTurns(
  turns: readonly ConversationTurn[],
  before: ConversationSummary | undefined,
  options: SummariseTurnsOptions,
): Promise<ConversationSummary> {
  const { summarise, maxTokens, tokensOf, signal } = options;
  const known = before && summaryMessage(before.text, maxTokens, tokensOf);
  const said = turns.flatMap((turn) => shortened(turn, options));
  const text = await summarise([...(known ? [known] : []), ...said], {
    maxTokens,
    ...(signal && { signal }),
  });
  if (typeof text !== 'string' || text.trim() === '')
    throw new AiworkError(
      'AIWORK_MODEL_INVALID_REPLY',
      `summarise gave no text for ${turns.length} turns: they stay as they are, and it is asked again with the next question`,
      { retryable: true },
    );
  return {
    text: text.trim(),
    turns: (before?.turns ?? 0) + turns.length,
    of: [...(before?.of ?? []), ...turns.map(({ id }) => id)],
    about: [...new Set([...(before?.about ?? []), ...turns.flatMap(({ about }) => about)])],
    since: Math.min(before?.since ?? Number.POSITIVE_INFINITY, ...turns.map(({ at }) => at)),
  };
}

/** A turn as the summariser is shown it: one that is too long by itself without its tools, and cut. */
function shortened(
  { messages }: ConversationTurn,
  { maxShownTokens, tokensOf }: SummariseTurnsOptions,
): readonly Message[] {
  if (tokensOf(messages) <= maxShownTokens) return messages;
  let spoken = messages.flatMap(({ role, content }): Message[] =>
    (role === 'user' || role === 'assistant') && content !== '' ? [{ role, content }] : [],
  );
  while (tokensOf(spoken) > maxShownTokens && spoken.some(({ content }) => content !== '')) {
    spoken = spoken.map((message) => ({
      ...message,
      content: message.content.slice(0, message.content.length / 2).toWellFormed(),
    }));
  }
  return spoken;
}
