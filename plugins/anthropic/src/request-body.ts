import type { ChatRequest, JsonSchema, ToolDescription } from '@aiwork/core';
import { transformJSONSchema } from '@anthropic-ai/sdk/lib/transform-json-schema';
import type { MessageCreateParamsStreaming, ToolUnion } from '@anthropic-ai/sdk/resources/messages';
import { toTurns } from './turns.ts';

/** A request as the Messages API takes it. System messages stand at its head, wherever they were. */
export function requestBody(
  { messages, tools = [], schema, temperature, maxTokens }: ChatRequest,
  model: string,
  defaultMaxTokens: number,
): MessageCreateParamsStreaming {
  const system = messages.filter(({ role, content }) => role === 'system' && content !== '');
  return {
    model,
    stream: true,
    max_tokens: maxTokens ?? defaultMaxTokens,
    messages: toTurns(messages),
    ...(system.length > 0 && { system: system.map(({ content }) => ({ type: 'text', text: content })) }),
    ...(tools.length > 0 && { tools: tools.map(toTool) }),
    ...(schema && { output_config: { format: { type: 'json_schema', schema: supported(schema) } } }),
    ...(temperature !== undefined && { temperature }),
  };
}

function toTool({ name, description, inputSchema }: ToolDescription): ToolUnion {
  return { name, description, input_schema: asObject(inputSchema) };
}

/** Tools of this provider take objects alone, and say so. */
const asObject = (schema: JsonSchema) => ({ ...schema, type: 'object' as const });

/** Constraints that the API refuses become words of the description, for the model to read. */
const supported = (schema: JsonSchema): Record<string, unknown> => ({
  ...transformJSONSchema({ ...schema }),
});
