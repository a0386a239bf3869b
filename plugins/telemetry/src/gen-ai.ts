import type { ChatRequest, Message, ModelReply, TracedModelCall } from '@aiwork/core';
import type { Attributes } from '@opentelemetry/api';
import type { Texts } from './texts.ts';

/** The semantic conventions of OpenTelemetry for generative AI, as far as core knows what they ask for. */
export function modelCallAttributes(
  { model, agent, request }: Pick<TracedModelCall, 'model' | 'agent' | 'request'>,
  texts: Texts,
): Attributes {
  const { temperature, maxTokens, schema } = request;
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': texts.name(model),
    ...(agent !== undefined && { 'gen_ai.agent.name': texts.name(agent) }),
    ...(temperature !== undefined && { 'gen_ai.request.temperature': temperature }),
    ...(maxTokens !== undefined && { 'gen_ai.request.max_tokens': maxTokens }),
    ...(schema && { 'gen_ai.output.type': 'json' }),
    ...(texts.capture && promptAttributes(request, texts)),
  };
}

function promptAttributes({ messages }: ChatRequest, texts: Texts): Attributes {
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => textPart(content));
  const others = messages.filter(({ role }) => role !== 'system').map(asMessage);
  return contents(texts, {
    'gen_ai.system_instructions': system.length > 0 ? system : undefined,
    'gen_ai.input.messages': others,
  });
}

export function replyAttributes({ text, toolCalls, reason, usage }: ModelReply, texts: Texts): Attributes {
  const finish = texts.name(reason.replace('-', '_'));
  return {
    'gen_ai.response.finish_reasons': [finish],
    ...(usage && {
      'gen_ai.usage.input_tokens': usage.inputTokens,
      'gen_ai.usage.output_tokens': usage.outputTokens,
      ...(usage.cost !== undefined && { 'aiwork.model.cost_usd': usage.cost }),
    }),
    ...contents(texts, {
      'gen_ai.output.messages': texts.capture && [
        { ...asMessage({ role: 'assistant', content: text, toolCalls }), finish_reason: finish },
      ],
    }),
  };
}

/** Those of the values that may leave, as JSON. */
export function contents(texts: Texts, values: Readonly<Record<string, unknown>>): Attributes {
  if (!texts.capture) return {};
  const attributes: Attributes = {};
  for (const [key, value] of Object.entries(values)) {
    const content = texts.content(value);
    if (content !== undefined) attributes[key] = content;
  }
  return attributes;
}

const textPart = (content: string) => ({ type: 'text', content });

function asMessage(message: Message) {
  if (message.role === 'tool') {
    const { role, toolCallId, content } = message;
    return { role, parts: [{ type: 'tool_call_response', id: toolCallId, response: content }] };
  }
  const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : [];
  const parts = calls.map(({ id, name, input }) => ({ type: 'tool_call', id, name, arguments: input }));
  return { role: message.role, parts: [...(message.content ? [textPart(message.content)] : []), ...parts] };
}
