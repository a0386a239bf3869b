import type { ChatRequest, Message } from '@aiwork/core';

/** A request in the words of chat completions, as simply as it can be said. */
export function bodyOf(
  { messages, tools, schema, temperature, maxTokens }: ChatRequest,
  model: string,
): unknown {
  return {
    model,
    stream: true,
    stream_options: { include_usage: true },
    messages: messages.map(messageOf),
    ...(tools?.length && {
      tools: tools.map(({ name, description, inputSchema: parameters }) => {
        return { type: 'function', function: { name, description, parameters } };
      }),
    }),
    ...(schema && { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } } }),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
  };
}

function messageOf(message: Message): unknown {
  const { role, content } = message;
  if (role === 'tool') {
    return {
      role,
      tool_call_id: message.toolCallId,
      content: message.isError ? `Error: ${content}` : content,
    };
  }
  if (role === 'assistant' && message.toolCalls) {
    const calls = message.toolCalls.map(({ id, name, input }) => {
      return { id, type: 'function', function: { name, arguments: JSON.stringify(input) } };
    });
    return { role, content: content || null, tool_calls: calls };
  }
  if (role === 'user' && message.images) {
    const images = message.images.map((image) => {
      const url = 'url' in image ? image.url : `data:${image.mediaType};base64,${image.base64}`;
      return { type: 'image_url', image_url: { url } };
    });
    return { role, content: [...images, { type: 'text', text: content }] };
  }
  return { role, content };
}
