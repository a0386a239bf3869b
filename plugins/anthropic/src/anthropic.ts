import {
  madeWhenAsked,
  maxTimeoutMs,
  type ProviderOptions,
  providerChatModel,
  secretsInHeaders,
} from '@aiwork/chat-model-kit';
import type { ChatModel } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import type { Anthropic, ClientOptions } from '@anthropic-ai/sdk';
import { readMessage } from './read-message.ts';
import { requestBody } from './request-body.ts';

/** What a model of Anthropic may be told. @since 0.1.0 */
export interface AnthropicOptions extends ProviderOptions {
  /** Default: `ANTHROPIC_API_KEY`, unless `baseUrl` is given. */
  readonly apiKey?: string;
  /** Without `/v1`. Default: `ANTHROPIC_BASE_URL`, else Anthropic's. */
  readonly baseUrl?: string;
  /** Most tokens of a reply where a request does not say: Anthropic wants to be told. Default 16,384. */
  readonly maxTokens?: number;
  /** Headers that every request carries, such as `anthropic-beta`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the `@anthropic-ai/sdk` package takes. `maxRetries` is 0 unless it is given here. */
  readonly client?: Readonly<Pick<ClientOptions, 'fetch' | 'fetchOptions' | 'maxRetries'>>;
}

const defaultMaxTokens = 16_384;

/**
 * A chat model of Anthropic. The `@anthropic-ai/sdk` package is loaded, and the key looked up, with the first request.
 *
 * @example
 * ```ts
 * import { anthropic } from '@aiwork/anthropic';
 * import { defineAgent } from '@aiwork/core';
 *
 * const model = anthropic('claude-sonnet-5-5', { price: { input: 3, output: 15, cachedInput: 0.3, cacheWrite: 3.75 } });
 * const writer = defineAgent({ id: 'writer', model, instructions: 'Write in plain English.' });
 * console.log(model.id); // claude-sonnet-5-5
 * ```
 * @since 0.1.0
 */
export function anthropic(model: string, options: AnthropicOptions = {}): ChatModel {
  const { maxTokens = defaultMaxTokens, timeoutMs, price, body } = options;
  const client = madeWhenAsked(() => createClient(options));
  return providerChatModel({
    id: model,
    timeoutMs,
    price,
    secrets: () => [keyOf(options) ?? '', ...secretsInHeaders(options.headers)],
    async ask(request, signal) {
      const { messages } = await client();
      const asked = { ...requestBody(request, model, maxTokens), ...body };
      const headers = request.temperature === undefined ? {} : withTemperature;
      const { data, request_id: requestId } = await messages
        .create(asked, { signal, headers })
        .withResponse();
      return { parts: data, requestId };
    },
    read: (events) => readMessage(events, model),
  });
}

/** The last version of the API that takes one. Models that take none refuse it there, too, and say so. */
const withTemperature = { 'anthropic-version': '2023-06-01' };

const keyOf = ({ apiKey, baseUrl }: AnthropicOptions): string | undefined =>
  apiKey ?? (baseUrl === undefined ? process.env['ANTHROPIC_API_KEY'] : undefined);

async function createClient(options: AnthropicOptions): Promise<Anthropic> {
  const apiKey = keyOf(options);
  const { baseUrl, headers, client } = options;
  if (apiKey === undefined) {
    throw invalidArgument(
      'there is no key for Anthropic: set ANTHROPIC_API_KEY, or give anthropic() an apiKey',
    );
  }
  const { Anthropic } = await import('@anthropic-ai/sdk');
  return new Anthropic({
    maxRetries: 0,
    ...client,
    ...(baseUrl !== undefined && { baseURL: baseUrl }),
    apiKey,
    authToken: null,
    ...(headers && { defaultHeaders: { ...headers } }),
    // Silence is judged by `timeoutMs`, for the whole reply and not for its beginning alone.
    timeout: maxTimeoutMs,
    // It would print what cannot be parsed.
    logLevel: 'off',
    // `fetch` would take the conversation, and keys in headers of their own, wherever it is sent.
    fetchOptions: { redirect: 'manual', ...client?.fetchOptions },
  });
}
