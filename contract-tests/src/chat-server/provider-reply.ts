import type { ChatChunk, ModelUsage } from '@aiwork/core';

/** A call as a provider streams it. @since 0.1.0 */
export interface StreamedToolCall {
  readonly id: string;
  readonly name: string;
  /** The input in JSON, cut where the provider cuts it. */
  readonly input: readonly string[];
}

/** What a provider answers, whatever its wire format. @since 0.1.0 */
export interface ProviderReply {
  /** Pieces of the text, each in an event of its own. */
  readonly text?: readonly string[];
  /** Called at once, their inputs in turns where the provider can do that. */
  readonly toolCalls?: readonly StreamedToolCall[];
  readonly reason: Extract<ChatChunk, { type: 'done' }>['reason'];
  readonly usage?: ModelUsage;
}

/** What a provider was asked, whatever its wire format: what an adapter made of a request. @since 0.1.0 */
export interface ProviderRequest {
  readonly model: string;
  /** All system messages, with a blank line between two. */
  readonly system: string;
  readonly turns: readonly ProviderTurn[];
  readonly tools: readonly {
    readonly name: string;
    readonly description: string;
    readonly inputSchema: unknown;
  }[];
  /** The schema that the answer was asked to follow. */
  readonly schema?: unknown;
  readonly temperature?: number;
  readonly maxTokens?: number;
}

/** @since 0.1.0 */
export type ProviderTurn =
  | { readonly role: 'user'; readonly text: string; readonly images: readonly string[] }
  | {
      readonly role: 'assistant';
      readonly text: string;
      readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly input: unknown }[];
    }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly text: string; readonly failed: boolean };

/** A request that is not answered with a stream. @since 0.1.0 */
export interface ProviderError {
  readonly status: number;
  readonly message: string;
  /** Default: what the provider calls errors of that status. */
  readonly kind?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @since 0.1.0 */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The wire format of a provider, as its public description has it. @since 0.1.0 */
export interface ChatDialect {
  readonly name: string;
  /** What requests are posted to, behind the base URL. */
  readonly path: string;
  /** Where the base URL ends. */
  readonly basePath: '' | '/v1' | '/api/v1';
  /** The header that carries the request's id. */
  readonly requestIdHeader: string;
  /** What a key is sent as. */
  keyIn(headers: RequestHeaders): string | undefined;
  /** @throws Error saying why the provider would answer with status 400. */
  readRequest(body: unknown, headers: RequestHeaders): ProviderRequest;
  /** The whole stream, an entry for each event, with line feeds. */
  events(reply: ProviderReply, request: ProviderRequest): readonly string[];
  /** How many of the `events` have to arrive before the reply is whole. */
  wholeAfter(events: readonly string[]): number;
  /** What comes while nothing else does. */
  readonly keepAlive: string;
  errorBody(error: ProviderError, requestId: string): unknown;
  /** An error in a stream that began with status 200. */
  errorEvent(kind: 'overloaded' | 'invalid', message: string): string;
}
