import { AiworkError, type ChatChunk, type ChatModel, type ChatRequest } from '@aiwork/core';
import { EventSourceParserStream } from 'eventsource-parser/stream';

export interface OpenAICompatibleOptions {
  /** Up to and including `/v1`. */
  readonly url: string;
  readonly model: string;
  readonly apiKey?: string | undefined;
}

/** A chat model behind a server that speaks OpenAI's chat completions, as Ollama, llama.cpp and vLLM do. Texts only. */
export function openAICompatible({ url, model, apiKey }: OpenAICompatibleOptions): ChatModel {
  return {
    id: model,
    async *stream(request, { signal }) {
      const response = await fetch(`${url}/chat/completions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(apiKey && { authorization: `Bearer ${apiKey}` }),
        },
        body: JSON.stringify(bodyOf(request, model)),
        signal,
      });
      if (!response.ok || !response.body) throw refusal(response, model);
      yield* chunksOf(response.body);
    },
  };
}

function bodyOf({ messages, temperature, maxTokens }: ChatRequest, model: string) {
  return {
    model,
    stream: true,
    stream_options: { include_usage: true },
    messages: messages.map(({ role, content }) => ({ role, content })),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
  };
}

/** The fields of a streamed part that are read here. */
interface Part {
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null };
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
}

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ChatChunk> {
  const events = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .pipeThrough(new EventSourceParserStream());
  let reason: string | undefined;
  for await (const { data } of events) {
    if (data === '[DONE]') break;
    const { choices, usage } = JSON.parse(data) as Part;
    const [choice] = choices ?? [];
    if (choice?.delta?.content) yield { type: 'text', text: choice.delta.content };
    if (choice?.finish_reason) reason = choice.finish_reason;
    if (usage) {
      yield { type: 'usage', inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens };
    }
  }
  // Without it the stream broke off, and whoever reads it is to know: there is no `done`.
  if (reason === undefined) return;
  yield { type: 'done', reason: reason === 'length' || reason === 'content_filter' ? ends[reason] : 'stop' };
}

const ends = { length: 'length', content_filter: 'content-filter' } as const;

function refusal({ status, headers }: Response, model: string): AiworkError {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return new AiworkError(
    'AIWORK_MODEL_REFUSED',
    `the server of model "${model}" answered with status ${status}`,
    {
      retryable: status === 429 || status >= 500,
      ...(Number.isFinite(seconds) && { retryAfterMs: seconds * 1000 }),
    },
  );
}

const { MODEL_URL = 'http://localhost:11434/v1', MODEL_NAME = 'llama3.2', MODEL_API_KEY } = process.env;

/** What `--model` takes. @public */
export default openAICompatible({ url: MODEL_URL, model: MODEL_NAME, apiKey: MODEL_API_KEY });
