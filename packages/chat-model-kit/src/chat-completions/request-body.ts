import type { ChatRequest, JsonSchema, ToolDescription } from '@aiwork/core';
import { isStrict } from './strict-schema.ts';
import { toWireMessage, type WireMessage } from './wire-messages.ts';

/** A request as servers that speak chat completions take it. @since 0.1.0 */
export interface ChatCompletionsBody {
  readonly model: string;
  readonly messages: WireMessage[];
  readonly stream: true;
  readonly stream_options: { readonly include_usage: true };
  readonly tools?: WireTool[];
  readonly response_format?: WireFormat;
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
}

/** @since 0.1.0 */
export interface WireTool {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description: string;
    readonly parameters: Record<string, unknown>;
  };
}

/** @since 0.1.0 */
export interface WireFormat {
  readonly type: 'json_schema';
  readonly json_schema: {
    readonly name: string;
    readonly schema: Record<string, unknown>;
    readonly strict: boolean;
  };
}

/** How a server differs from others. @since 0.1.0 */
export interface ChatCompletionsOptions {
  readonly model: string;
  /** What the limit of tokens is called: OpenAI's newer models refuse `max_tokens`, most other servers know nothing else. */
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
}

/**
 * A request in the words of chat completions. A schema is to be followed strictly where providers can do that: objects
 * that require all their properties and allow no others.
 *
 * @example
 * ```ts
 * import { chatCompletionsBody } from '@aiwork/chat-model-kit';
 *
 * const request = { messages: [{ role: 'user', content: 'Hi' }], maxTokens: 100 } as const;
 * const body = chatCompletionsBody(request, { model: 'tiny', maxTokensField: 'max_tokens' });
 * console.log(body.max_tokens, body.stream); // 100 true
 * ```
 * @since 0.1.0
 */
export function chatCompletionsBody(
  { messages, tools = [], schema, temperature, maxTokens }: ChatRequest,
  { model, maxTokensField }: ChatCompletionsOptions,
): ChatCompletionsBody {
  return {
    model,
    messages: messages.map(toWireMessage),
    stream: true,
    stream_options: { include_usage: true },
    ...(tools.length > 0 && { tools: tools.map(toWireTool) }),
    ...(schema && { response_format: toWireFormat(schema) }),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { [maxTokensField]: maxTokens }),
  };
}

const toWireTool = ({ name, description, inputSchema }: ToolDescription): WireTool => ({
  type: 'function',
  function: { name, description, parameters: { ...inputSchema } },
});

const toWireFormat = (schema: JsonSchema): WireFormat => ({
  type: 'json_schema',
  json_schema: { name: 'answer', schema: { ...schema }, strict: isStrict(schema) },
});
