import type { JsonSchema } from '../schema.ts';
import type { CallOptions } from './adapter.ts';

/** A tool call a model asked for. @since 0.1.0 */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** One message of a conversation. @since 0.1.0 */
export type Message =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string; readonly toolCalls?: readonly ToolCall[] }
  | {
      readonly role: 'tool';
      readonly content: string;
      readonly toolCallId: string;
      readonly isError?: boolean;
    };

/** A tool as a model sees it. @since 0.1.0 */
export interface ToolDescription {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
}

/** @since 0.1.0 */
export interface ChatRequest {
  readonly messages: readonly Message[];
  readonly tools?: readonly ToolDescription[];
  /** JSON Schema the final answer has to follow. */
  readonly schema?: JsonSchema;
  readonly temperature?: number;
  readonly maxTokens?: number;
}

/** A part of a reply, in the order the model gives them; `done` is the last. @since 0.1.0 */
export type ChatChunk =
  | { readonly type: 'text'; readonly text: string }
  | ({ readonly type: 'tool-call' } & ToolCall)
  /** `cost` in US dollars, when the provider says or the plugin knows. */
  | {
      readonly type: 'usage';
      readonly inputTokens: number;
      readonly outputTokens: number;
      readonly cost?: number;
    }
  | { readonly type: 'done'; readonly reason: 'stop' | 'tool-calls' | 'length' | 'content-filter' };

/** What a model call used. @since 0.1.0 */
export interface ModelUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** In US dollars, when it is known. */
  readonly cost?: number;
}

/** A whole reply of a chat model. @since 0.1.0 */
export interface ModelReply {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly reason: 'stop' | 'tool-calls' | 'length' | 'content-filter';
  /** Absent when the model does not say. */
  readonly usage?: ModelUsage;
}

/**
 * A language model. One method: everything else is built on the stream.
 *
 * The iteration ends after `done`, throws an `AiworkError` (with `retryable` and `retryAfterMs` set truthfully) when the
 * reply cannot be completed, and throws the signal's reason soon after it aborts.
 *
 * @since 0.1.0
 */
export interface ChatModel {
  readonly id: string;
  stream(
    request: ChatRequest,
    options: CallOptions & { readonly signal: AbortSignal },
  ): AsyncIterable<ChatChunk>;
}
