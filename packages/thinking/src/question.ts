import { AiworkError, type Message } from '@aiwork/core';

/** A question, and the conversation it is asked in. */
export interface Conversation {
  readonly question: string;
  readonly messages: readonly Message[];
}

/**
 * Reads a question, and puts the instructions before it.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when there is none.
 */
export function conversationOf(asked: string | readonly Message[], instructions: string): Conversation {
  const messages: readonly Message[] = typeof asked === 'string' ? [{ role: 'user', content: asked }] : asked;
  const last = messages.findLast(({ role }) => role === 'user');
  if (!last || last.content.trim() === '') {
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      'there is no question: give a text, or messages with one of the user',
    );
  }
  const before: readonly Message[] = instructions === '' ? [] : [{ role: 'system', content: instructions }];
  return { question: last.content, messages: [...before, ...messages] };
}
