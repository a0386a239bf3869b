import type { Message } from '../adapters/chat-model.ts';

const head = 'What was said before, in short:\n';

/**
 * A summary as a message that stands before the rest of a conversation, cut off where it would take more than
 * `maxTokens`; nothing where none of it fits.
 *
 * @example
 * ```ts
 * import { estimateTokens } from '@aiwork/core';
 * import { summaryMessage } from '@aiwork/core/adapter-kit';
 *
 * const message = summaryMessage('The cat is Tom.', 100, estimateTokens);
 * console.log(message?.content.split('\n')); // [ 'What was said before, in short:', 'The cat is Tom.' ]
 * ```
 * @since 0.1.0
 */
export function summaryMessage(
  summary: string,
  maxTokens: number,
  tokensOf: (messages: readonly Message[]) => number,
): Message | undefined {
  let text = summary.trim();
  while (text !== '') {
    const message = { role: 'user', content: head + text } as const;
    if (tokensOf([message]) <= maxTokens) return message;
    text = text
      .slice(0, Math.floor(text.length * 0.8))
      .trimEnd()
      .toWellFormed();
  }
  return undefined;
}
