import type { Message } from '../adapters/chat-model.ts';

const bytesPerToken = 3;
/** What roles and separators take. */
const tokensPerMessage = 8;
/** About what large models count for a picture that fills their view. */
const tokensPerImage = 1600;

/**
 * About how many tokens messages are, rather more than less: one for each three bytes of UTF-8 of their texts and tool
 * calls, eight a message, and 1,600 an image.
 *
 * @example
 * ```ts
 * import { estimateTokens } from '@aiwork/core';
 *
 * console.log(estimateTokens([{ role: 'user', content: 'What is 17 * 24?' }])); // 14
 * ```
 * @since 0.1.0
 */
export function estimateTokens(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + tokensPerMessage + tokensOf(message), 0);
}

function tokensOf(message: Message): number {
  const calls = message.role === 'assistant' && message.toolCalls ? JSON.stringify(message.toolCalls) : '';
  const images = message.role === 'user' ? (message.images?.length ?? 0) : 0;
  const bytes = Buffer.byteLength(message.content) + Buffer.byteLength(calls);
  return Math.ceil(bytes / bytesPerToken) + images * tokensPerImage;
}
