import type { ChatImage, Message } from '@aiwork/core';

/** A message as servers that speak chat completions take it. @since 0.1.0 */
export type WireMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string | WireContent[] }
  | {
      readonly role: 'assistant';
      readonly content: string | null;
      readonly tool_calls?: WireToolCall[];
    }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

/** @since 0.1.0 */
export type WireContent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

/** @since 0.1.0 */
export interface WireToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export function toWireMessage(message: Message): WireMessage {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.content };
    case 'user':
      return { role: 'user', content: contentOf(message.content, message.images) };
    case 'assistant': {
      const { content, toolCalls = [] } = message;
      if (toolCalls.length === 0) return { role: 'assistant', content };
      const calls = toolCalls.map(({ id, name, input }): WireToolCall => {
        return { id, type: 'function', function: { name, arguments: JSON.stringify(input ?? {}) } };
      });
      return { role: 'assistant', content: content === '' ? null : content, tool_calls: calls };
    }
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId, content: toolResult(message) };
  }
}

/** There is no field that says that a tool failed: its text has to. */
function toolResult({ content, isError }: Extract<Message, { role: 'tool' }>): string {
  return isError && !/^error\b/i.test(content) ? `Error: ${content}` : content;
}

function contentOf(text: string, images: readonly ChatImage[] = []): string | WireContent[] {
  if (images.length === 0) return text;
  const shown = images.map((image): WireContent => ({ type: 'image_url', image_url: { url: urlOf(image) } }));
  return text === '' ? shown : [...shown, { type: 'text', text }];
}

const urlOf = (image: ChatImage) =>
  'url' in image ? image.url : `data:${image.mediaType};base64,${image.base64}`;
