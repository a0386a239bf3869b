import { AiworkError, type ChatChunk, type ChatModel, type ChatRequest } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import { highestPrice, type ModelPrice, withCost } from './model-price.ts';
import { sdkFailure } from './sdk-failure.ts';
import { invalidReply } from './tool-call-pieces.ts';
import { watchStream } from './watch-stream.ts';

/** How long a provider may send nothing where nobody says otherwise, in milliseconds: as long as `fetch` of Node waits. */
const defaultTimeoutMs = 300_000;
/** What timers of Node can count to. A client that has a time-out of its own is given this one. @since 0.1.0 */
export const maxTimeoutMs = 2 ** 31 - 1;

/** What models of every provider may be told. @since 0.1.0 */
export interface ProviderOptions {
  /**
   * Most milliseconds in which no part of a reply may come: until the first, and between two. What only keeps a connection
   * alive is no part. Default 300,000.
   */
  readonly timeoutMs?: number;
  /** What tokens cost, where the provider does not say it itself. Without both, no cost is told. */
  readonly price?: ModelPrice;
  /** Fields of the provider's own that every request carries. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** A reply that has begun. @since 0.1.0 */
export interface ProviderReply<Part> {
  readonly parts: AsyncIterable<Part>;
  /** What the provider calls the request, for errors that come later. */
  readonly requestId?: string | null | undefined;
}

/** A model behind a provider's own client. @since 0.1.0 */
export interface ProviderChatModel<Part> {
  readonly id: string;
  /** Most milliseconds in which the provider may send nothing. Default 300,000. */
  readonly timeoutMs?: number | undefined;
  readonly price?: ModelPrice | undefined;
  /** The header of responses that has the id of the request, where the provider's client does not know it. */
  readonly requestIdHeader?: string;
  /** Called for every error, for what it may not show. */
  secrets(): readonly string[];
  /** Sends the request; the connection is to close when `signal` aborts. */
  ask(request: ChatRequest, signal: AbortSignal): Promise<ProviderReply<Part>>;
  /** Makes chunks of the parts; throws where they end before the reply is whole. */
  read(parts: AsyncIterable<Part>): AsyncIterable<ChatChunk>;
}

/**
 * Makes a chat model of a provider's client: aborts, silences, errors and costs are taken care of.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` for an empty id, or a `timeoutMs` that no timer can count.
 * @example
 * ```ts
 * import { generate } from '@aiwork/core';
 * import { providerChatModel } from '@aiwork/chat-model-kit';
 *
 * const model = providerChatModel<{ readonly text: string }>({
 *   id: 'echo',
 *   secrets: () => [],
 *   async ask({ messages }) {
 *     const parts = (async function* () {
 *       yield { text: messages.at(-1)?.content ?? '' };
 *     })();
 *     return { parts };
 *   },
 *   async *read(parts) {
 *     for await (const { text } of parts) yield { type: 'text', text };
 *     yield { type: 'done', reason: 'stop' };
 *   },
 * });
 * console.log((await generate(model, { messages: [{ role: 'user', content: 'Hi' }] })).text); // Hi
 * ```
 * @since 0.1.0
 */
export function providerChatModel<Part>(provider: ProviderChatModel<Part>): ChatModel {
  const { id, timeoutMs = defaultTimeoutMs, price, requestIdHeader, secrets, ask, read } = provider;
  if (id === '') throw invalidArgument('a chat model has no name: give the one that its provider knows');
  if (!(timeoutMs >= 1 && timeoutMs <= maxTimeoutMs)) {
    throw invalidArgument(`timeoutMs of chat model "${id}" is ${timeoutMs}: give 1 to ${maxTimeoutMs}`);
  }
  const silent = () =>
    new AiworkError('AIWORK_MODEL_UNAVAILABLE', `chat model "${id}" sent nothing for ${timeoutMs} ms`, {
      retryable: true,
    });

  async function* partsOf(request: ChatRequest, signal: AbortSignal): AsyncGenerator<Part, void> {
    let requestId: string | undefined;
    async function open(ending: AbortSignal): Promise<AsyncIterable<Part>> {
      const reply = await ask(request, ending);
      requestId = reply.requestId ?? undefined;
      return reply.parts;
    }
    try {
      for await (const part of watchStream(open, { timeoutMs, silent, signal })) {
        if (typeof part !== 'object' || part === null)
          throw invalidReply(id, 'sent a part that is no object');
        yield part;
      }
    } catch (error) {
      signal.throwIfAborted();
      throw sdkFailure(error, { model: id, secrets: secrets(), requestId, requestIdHeader });
    }
  }

  async function* chunksOf(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatChunk, void> {
    try {
      yield* read(partsOf(request, signal));
    } catch (error) {
      signal.throwIfAborted();
      if (AiworkError.isInstance(error)) throw error;
      // Whatever reading stumbled over, the provider sent it.
      throw invalidReply(id, 'sent a part that cannot be read');
    }
  }

  const most = highestPrice(price);
  return {
    id,
    ...(most && { price: most }),
    async *stream(request, { signal }) {
      for await (const chunk of chunksOf(request, signal)) {
        yield chunk.type === 'usage' ? withCost(chunk, price) : chunk;
      }
    },
  };
}
