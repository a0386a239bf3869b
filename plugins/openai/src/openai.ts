import {
  chatCompletionsBody,
  madeWhenAsked,
  maxTimeoutMs,
  type ProviderOptions,
  providerChatModel,
  readChatCompletion,
  secretsInHeaders,
} from '@aiwork/chat-model-kit';
import type { ChatModel } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import type { ClientOptions, OpenAI } from 'openai';

/** What a model of OpenAI, or of a server that speaks chat completions, may be told. @since 0.1.0 */
export interface OpenAIOptions extends ProviderOptions {
  /** Default: `OPENAI_API_KEY`, unless `baseUrl` is given: no other server is sent the key of OpenAI. */
  readonly apiKey?: string;
  /** Up to and including `/v1`, of any server that speaks chat completions. Default: `OPENAI_BASE_URL`, else OpenAI's. */
  readonly baseUrl?: string;
  /** Headers that every request carries. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the limit of tokens is called. Default: `max_completion_tokens`, or `max_tokens` where `baseUrl` is given. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens';
  /** What the `openai` package takes. `maxRetries` is 0 unless it is given here. */
  readonly client?: Readonly<
    Pick<ClientOptions, 'organization' | 'project' | 'defaultQuery' | 'fetch' | 'fetchOptions' | 'maxRetries'>
  >;
}

/**
 * A chat model of OpenAI, or of any server that speaks its chat completions: Ollama, vLLM, llama.cpp and many more.
 * The `openai` package is loaded, and keys are looked up, with the first request.
 *
 * @example
 * ```ts
 * import { defineAgent } from '@aiwork/core';
 * import { openai } from '@aiwork/openai';
 *
 * const model = openai('gpt-5-mini', { price: { input: 0.25, output: 2, cachedInput: 0.025 } });
 * const local = openai('llama3.2', { baseUrl: 'http://localhost:11434/v1' });
 * const writer = defineAgent({ id: 'writer', model, instructions: 'Write in plain English.' });
 * console.log(model.id, local.id); // gpt-5-mini llama3.2
 * ```
 * @since 0.1.0
 */
export function openai(model: string, options: OpenAIOptions = {}): ChatModel {
  const { baseUrl, timeoutMs, price, body } = options;
  const { maxTokensField = baseUrl === undefined ? 'max_completion_tokens' : 'max_tokens' } = options;
  const client = madeWhenAsked(() => createClient(options));
  return providerChatModel({
    id: model,
    timeoutMs,
    price,
    secrets: () => [keyOf(options) ?? '', ...secretsInHeaders(options.headers)],
    async ask(request, signal) {
      const { chat } = await client();
      const asked = { ...chatCompletionsBody(request, { model, maxTokensField }), ...body };
      const { data, request_id: requestId } = await chat.completions.create(asked, { signal }).withResponse();
      return { parts: data, requestId };
    },
    read: (parts) => readChatCompletion(parts, model),
  });
}

const keyOf = ({ apiKey, baseUrl }: OpenAIOptions): string | undefined =>
  apiKey ?? (baseUrl === undefined ? process.env['OPENAI_API_KEY'] : undefined);

async function createClient(options: OpenAIOptions): Promise<OpenAI> {
  const apiKey = keyOf(options);
  const { baseUrl, headers, client } = options;
  if (apiKey === undefined && baseUrl === undefined) {
    throw invalidArgument('there is no key for OpenAI: set OPENAI_API_KEY, or give openai() an apiKey');
  }
  const { OpenAI } = await import('openai');
  return new OpenAI({
    maxRetries: 0,
    // What the environment says of them is about OpenAI.
    ...(baseUrl !== undefined && { baseURL: baseUrl, organization: null, project: null }),
    ...client,
    apiKey: apiKey ?? 'none',
    defaultHeaders: { ...(apiKey === undefined && { authorization: null }), ...headers },
    // Silence is judged by `timeoutMs`, for the whole reply and not for its beginning alone.
    timeout: maxTimeoutMs,
    // It would print what cannot be parsed.
    logLevel: 'off',
    // `fetch` would take the conversation, and keys in headers of their own, wherever it is sent.
    fetchOptions: { redirect: 'manual', ...client?.fetchOptions },
  });
}
