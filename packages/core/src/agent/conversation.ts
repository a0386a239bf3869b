import type { Message } from '../adapters/chat-model.ts';
import { AiworkError } from '../errors.ts';

/**
 * An agent's input as messages.
 *
 * @throws `AIWORK_INVALID_INPUT` when it is neither a text nor messages.
 */
export function readConversation(input: unknown, agentId: string): readonly Message[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  if (!Array.isArray(input) || input.length === 0) {
    throw invalidInput(agentId, 'is neither a text nor a list of messages');
  }
  const wrong = input.findIndex((message) => !isMessage(message));
  if (wrong >= 0) throw invalidInput(agentId, `has no role or no text in message ${wrong}`);
  const unseen = input.findIndex(({ images = [] }) => !Array.isArray(images) || !images.every(isImage));
  if (unseen >= 0)
    throw invalidInput(agentId, `has no { mediaType, base64 } or { url } in an image of message ${unseen}`);
  return input;
}

/** Where the last thing a user said is, or -1. */
export function lastUserMessage(messages: readonly Message[]): number {
  return messages.findLastIndex((message) => message.role === 'user');
}

const roles = ['system', 'user', 'assistant', 'tool'];

function isMessage(value: unknown): value is Message {
  const { role, content } = (value ?? {}) as Partial<Message>;
  return roles.includes(role as string) && typeof content === 'string';
}

function isImage(value: unknown): boolean {
  const { mediaType, base64, url } = (value ?? {}) as Record<string, unknown>;
  return typeof url === 'string' || (typeof mediaType === 'string' && typeof base64 === 'string');
}

function invalidInput(agentId: string, problem: string): AiworkError {
  return new AiworkError(
    'AIWORK_INVALID_INPUT',
    `input of agent "${agentId}" ${problem}: give a string, or messages as { role, content }`,
  );
}
