import type { JsonSchema } from '../schema.ts';
import type { CallOptions } from './adapter.ts';

/** A tool call a model asked for. @since 0.1.0 */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** An image: its bytes in base64, or where the provider fetches it. @since 0.1.0 */
export type ChatImage =
  | {
      readonly mediaType: 'image/gif' | 'image/jpeg' | 'image/png' | 'image/webp';
      readonly base64: string;
    }
  | { readonly url: string };

/**
 * One message of a conversation. A tool message answers the call of that id; `isError` says that the tool failed, which a
 * model is told also where its provider has no word for it.
 *
 * @since 0.1.0
 */
export type Message =
  | { readonly role: 'system'; readonly content: string }
  | {
      readonly role: 'user';
      readonly content: string;
      /** Shown before the text. A model that takes none refuses the request. */
      readonly images?: readonly ChatImage[];
    }
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

/** What a model call used. @since 0.1.0 */
export interface ModelUsage {
  /** Of the whole request, those that a cache of the provider knew or took up included. */
  readonly inputTokens: number;
  /** Of the whole reply, those of reasoning that is not shown included. */
  readonly outputTokens: number;
  /** How many of `inputTokens` a cache of the provider knew. */
  readonly cachedInputTokens?: number;
  /** How many of `inputTokens` a cache of the provider took up. */
  readonly cacheWriteTokens?: number;
  /** How many of `outputTokens` are reasoning. */
  readonly reasoningTokens?: number;
  /** In US dollars, when the provider says or the plugin knows. */
  readonly cost?: number;
}

/**
 * A part of a reply. Texts come in pieces; a tool call comes once it is whole, with its input parsed; `usage` at most
 * once, counting the whole call; `done` is the last.
 *
 * @since 0.1.0
 */
export type ChatChunk =
  | { readonly type: 'text'; readonly text: string }
  | ({ readonly type: 'tool-call' } & ToolCall)
  | ({ readonly type: 'usage' } & ModelUsage)
  | { readonly type: 'done'; readonly reason: 'stop' | 'tool-calls' | 'length' | 'content-filter' };

/** A whole reply of a chat model. @since 0.1.0 */
export interface ModelReply {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly reason: 'stop' | 'tool-calls' | 'length' | 'content-filter';
  /** Absent when the model does not say. */
  readonly usage?: ModelUsage;
}

/** The most that tokens cost, in US dollars each. @since 0.1.0 */
export interface PricePerToken {
  readonly inputToken: number;
  readonly outputToken: number;
}

/**
 * A language model. One method: everything else is built on the stream.
 *
 * - The iteration ends after `done`, and throws an `AiworkError` when the reply cannot be completed. A stream that breaks
 *   off, however late, never looks like a whole reply.
 * - Errors are truthful: `retryable` where the same request may succeed later (the provider is away, overloaded or
 *   limits the rate), `retryAfterMs` where it says when, `requestId` where it gave one. A model never tries again by
 *   itself, unless it was told to.
 * - A provider that says nothing is given up after a time of the model's own; the signal's reason is thrown soon after
 *   it aborts. Both close the connection, and so does a reader that stops before the end.
 * - Nothing is read ahead without bound for a reader that is slow.
 * - No error, log or inspected model shows a key it was configured with, and no redirect takes it, or what was said, to
 *   another server.
 *
 * @since 0.1.0
 */
export interface ChatModel {
  /** What the provider calls it; runs are counted and traced under it. */
  readonly id: string;
  /** Where it is known, so that what a call may cost can be told before it. */
  readonly price?: PricePerToken;
  /** Nothing is sent before the first part is asked for. */
  stream(
    request: ChatRequest,
    options: CallOptions & { readonly signal: AbortSignal },
  ): AsyncIterable<ChatChunk>;
}
