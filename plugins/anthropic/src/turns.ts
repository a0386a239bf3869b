import type { ChatImage, Message } from '@aiwork/core';
import type { ContentBlockParam, ImageBlockParam, MessageParam } from '@anthropic-ai/sdk/resources/messages';

/** A conversation as turns. All results of one turn's tool calls are told in one turn of the user's. */
export function toTurns(messages: readonly Message[]): MessageParam[] {
  const turns: { readonly role: 'user' | 'assistant'; readonly content: ContentBlockParam[] }[] = [];
  let before: Message['role'] | undefined;
  for (const message of messages) {
    if (message.role === 'system') continue;
    const content = blocksOf(message);
    const last = turns.at(-1);
    if (message.role === 'tool' && before === 'tool' && last) last.content.push(...content);
    // A model that said nothing has no turn.
    else if (content.length > 0)
      turns.push({ role: message.role === 'assistant' ? 'assistant' : 'user', content });
    before = message.role;
  }
  return turns;
}

function blocksOf(message: Exclude<Message, { role: 'system' }>): ContentBlockParam[] {
  switch (message.role) {
    case 'user':
      return [...(message.images ?? []).map(toImage), ...textOf(message.content)];
    case 'assistant': {
      const calls = message.toolCalls ?? [];
      const asked = calls.map(
        ({ id, name, input }): ContentBlockParam => ({ type: 'tool_use', id, name, input: input ?? {} }),
      );
      return [...textOf(message.content), ...asked];
    }
    case 'tool': {
      const { toolCallId, content, isError } = message;
      return [{ type: 'tool_result', tool_use_id: toolCallId, content, ...(isError && { is_error: true }) }];
    }
  }
}

/** Blocks without a text are refused. */
const textOf = (text: string): ContentBlockParam[] => (text === '' ? [] : [{ type: 'text', text }]);

function toImage(image: ChatImage): ImageBlockParam {
  if ('url' in image) return { type: 'image', source: { type: 'url', url: image.url } };
  const { mediaType, base64 } = image;
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data: base64 } };
}
