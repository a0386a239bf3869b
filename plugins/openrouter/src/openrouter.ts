import {
  chatCompletionsBody,
  madeWhenAsked,
  maxTimeoutMs,
  type ProviderOptions,
  providerChatModel,
  readChatCompletion,
} from '@aiwork/chat-model-kit';
import type { ChatModel } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import type { ClientOptions, OpenAI } from 'openai';

/** What a model behind OpenRouter may be told. @since 0.1.0 */
export interface OpenRouterOptions extends ProviderOptions {
  /** Default: `OPENROUTER_API_KEY`. */
  readonly apiKey?: string;
  /** Up to and including `/v1`. Default: `https://openrouter.ai/api/v1`. */
  readonly baseUrl?: string;
  /** What OpenRouter is told the requests are for. */
  readonly app?: { readonly url: string; readonly title: string };
  /** What the `openai` package takes. `maxRetries` is 0 unless it is given here. */
  readonly client?: Readonly<Pick<ClientOptions, 'fetch' | 'fetchOptions' | 'maxRetries'>>;
}

/**
 * A chat model that OpenRouter leads to, by the name it has there. Costs come from OpenRouter. The client is loaded, and
 * the key looked up, with the first request.
 *
 * @example
 * ```ts
 * import { defineAgent } from '@aiwork/core';
 * import { openrouter } from '@aiwork/openrouter';
 *
 * const model = openrouter('meta-llama/llama-3.3-70b-instruct', { body: { provider: { sort: 'price' } } });
 * const writer = defineAgent({ id: 'writer', model, instructions: 'Write in plain English.' });
 * console.log(model.id); // meta-llama/llama-3.3-70b-instruct
 * ```
 * @since 0.1.0
 */
export function openrouter(model: string, options: OpenRouterOptions = {}): ChatModel {
  const { timeoutMs, price, body } = options;
  const client = madeWhenAsked(() => createClient(options));
  return providerChatModel({
    id: model,
    timeoutMs,
    price,
    requestIdHeader,
    secrets: () => [keyOf(options) ?? ''],
    async ask(request, signal) {
      const { chat } = await client();
      const completion = chatCompletionsBody(request, { model, maxTokensField: 'max_tokens' });
      const asked = { ...completion, usage: { include: true }, ...body };
      const { data, response } = await chat.completions.create(asked, { signal }).withResponse();
      return { parts: data, requestId: response.headers.get(requestIdHeader) };
    },
    read: (parts) => readChatCompletion(parts, model),
  });
}

const requestIdHeader = 'x-generation-id';

const keyOf = ({ apiKey }: OpenRouterOptions): string | undefined =>
  apiKey ?? process.env['OPENROUTER_API_KEY'];

async function createClient(options: OpenRouterOptions): Promise<OpenAI> {
  const { baseUrl = 'https://openrouter.ai/api/v1', app, client } = options;
  const apiKey = keyOf(options);
  if (apiKey === undefined) {
    throw invalidArgument(
      'there is no key for OpenRouter: set OPENROUTER_API_KEY, or give openrouter() an apiKey',
    );
  }
  const { OpenAI } = await import('openai');
  return new OpenAI({
    maxRetries: 0,
    ...client,
    baseURL: baseUrl,
    apiKey,
    // What the environment says of them is about OpenAI.
    organization: null,
    project: null,
    ...(app && { defaultHeaders: { 'HTTP-Referer': app.url, 'X-Title': app.title } }),
    // Silence is judged by `timeoutMs`, for the whole reply and not for its beginning alone.
    timeout: maxTimeoutMs,
    // It would print what cannot be parsed.
    logLevel: 'off',
    // `fetch` would take the conversation, and keys in headers of their own, wherever it is sent.
    fetchOptions: { redirect: 'manual', ...client?.fetchOptions },
  });
}
