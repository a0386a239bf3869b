import { AiworkError, type ChatChunk, type ChatModel, type ChatRequest } from '@aiwork/core';
import { untilAborted } from '@aiwork/core/adapter-kit';
import { type FailureRules, failureBy, failureRules } from './reference-failure.ts';
import { type PartRules, partRules, readParts } from './reference-parts.ts';
import { type ReplyRules, readReply, replyRules } from './reference-reply.ts';
import { bodyOf } from './reference-request.ts';

/** What the reference does, rule by rule: a saboteur breaks one. */
export interface ChatModelRules extends PartRules, FailureRules, ReplyRules {
  /** How much of a body is read before it is asked for. */
  readAhead(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Whether bytes, and not parts, show that a provider is alive. */
  readonly aliveByBytes: boolean;
  /** Whether the time of the reader counts. */
  readonly hurriesReader: boolean;
  /** Whether the connection is closed when the reading ends. */
  readonly closes: boolean;
  /** What becomes of a redirect. */
  readonly redirect: 'manual' | 'follow';
}

export const chatModelRules: ChatModelRules = {
  ...partRules,
  ...failureRules,
  ...replyRules,
  readAhead: (body) => body,
  aliveByBytes: false,
  hurriesReader: false,
  closes: true,
  redirect: 'manual',
};

interface ReferenceOptions {
  readonly url: string;
  readonly key: string;
  readonly timeoutMs: number;
}

/** A correct chat model that speaks chat completions. */
export function createReferenceChatModel(
  { url, key, timeoutMs }: ReferenceOptions,
  rules: ChatModelRules,
): ChatModel {
  const id = 'reference';
  const unavailable = (problem: string) =>
    new AiworkError('AIWORK_MODEL_UNAVAILABLE', `chat model "${id}" ${problem}`, { retryable: true });

  async function ask(request: ChatRequest, signal: AbortSignal): Promise<Response> {
    const response = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify(bodyOf(request, id)),
      redirect: rules.redirect,
      ...(rules.closes && { signal }),
    });
    if (response.ok) return response;
    throw failureBy(rules, { response, said: await response.text(), kind: '', key });
  }

  async function* watched(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatChunk, void> {
    signal.throwIfAborted();
    const ending = new AbortController();
    const stop = () => ending.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    let timer: NodeJS.Timeout | undefined;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => ending.abort(unavailable(`sent nothing for ${timeoutMs} ms`)), timeoutMs);
    };
    async function* noticed(body: AsyncIterable<Uint8Array>) {
      for await (const bytes of body) {
        if (rules.aliveByBytes) alive();
        yield bytes;
      }
    }
    try {
      alive();
      const response = await untilAborted(ask(request, ending.signal), ending.signal);
      const body: AsyncIterable<Uint8Array> = response.body ?? new ReadableStream();
      const failed = (said: string, kind: string) => failureBy(rules, { response, said, kind, key });
      const chunks = readReply(readParts(noticed(rules.readAhead(body)), rules), rules, failed);
      for (;;) {
        const { done, value } = await untilAborted(chunks.next(), ending.signal);
        if (done) return;
        if (rules.hurriesReader) alive();
        else clearTimeout(timer);
        yield value;
        ending.signal.throwIfAborted();
        if (!rules.hurriesReader) alive();
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      if (rules.closes) ending.abort();
    }
  }

  return {
    id,
    async *stream(request, { signal }) {
      try {
        yield* watched(request, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (AiworkError.isInstance(error)) throw error;
        throw unavailable('could not be reached, or broke off');
      }
    },
  };
}
