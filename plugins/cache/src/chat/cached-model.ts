import { createHash } from 'node:crypto';
import type { Cache, ChatModel, ChatRequest, Duration, ModelUsage } from '@aiwork/core';
import { toMilliseconds } from '@aiwork/core';
import { canonicalJson, untilAborted, wholeChatModel } from '@aiwork/core/adapter-kit';
import { type CacheListener, harmlessly, tell } from '../cache-event.ts';
import { forgivingCache } from '../forgiving-cache.ts';
import { type SharedStream, sharedStream } from './shared-stream.ts';
import { decodeReply, encodeReply, replay, storedReply, usageOf } from './stored-reply.ts';

/** @since 0.1.0 */
export interface CachedModelOptions {
  readonly cache: Cache;
  /** How long a reply is given again. Default: until it is evicted. */
  readonly ttl?: Duration;
  /** Whether a request is looked up, and its reply kept. Default: always. */
  when?(request: ChatRequest): boolean;
  /**
   * A part of each key: change it to begin anew, and give it where the id of a model does not say everything that its
   * replies depend on. Default `''`.
   */
  readonly version?: string;
  /** Sees what happens. */
  readonly onEvent?: CacheListener;
  /** Is told what a reply from the cache has spared. */
  onSpared?(usage: ModelUsage): void;
}

/**
 * A chat model that gives the reply it gave before to the same request: the same messages, tools, schema, temperature and
 * everything else, of the model of the same id. It comes as the stream it was; its `usage` is 0.
 *
 * Requests that are the same at the same time share one reply while it comes. Kept are whole replies only: none that failed,
 * broke off, was left by its readers, or ended at a length limit or by a content filter. A cache that fails is taken for an
 * empty one.
 *
 * Whoever asks the same several times to have several answers (best of n, votes) gets one answer several times: leave such
 * requests out by `when`.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { generate } from '@aiwork/core';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { cachedModel, memoryCache } from '@aiwork/cache';
 *
 * const model = cachedModel(scriptedChatModel(['Paris.']), { cache: memoryCache(), ttl: '1d' });
 * const ask = { messages: [{ role: 'user', content: 'The capital of France?' }] } as const;
 * await generate(model, ask);
 * const { text, usage } = await generate(model, ask);
 * console.log(text, usage?.outputTokens); // Paris. 0
 * ```
 * @since 0.1.0
 */
export function cachedModel(model: ChatModel, options: CachedModelOptions): ChatModel {
  const { cache, when = () => true, version = '', onEvent, onSpared } = options;
  const ttlMs = options.ttl === undefined ? undefined : toMilliseconds(options.ttl, 'ttl');
  const kept = forgivingCache(cache, onEvent);
  /** Replies that are coming. */
  const coming = new Map<string, SharedStream>();

  function begin(key: string, request: ChatRequest): SharedStream {
    const stream = sharedStream(
      (signal) => model.stream(request, { signal }),
      async (chunks) => {
        const reply = storedReply(chunks);
        if (reply) await kept.set(key, encodeReply(reply), ttlMs);
      },
      () => {
        if (coming.get(key) === stream) coming.delete(key);
      },
    );
    coming.set(key, stream);
    return stream;
  }

  return wholeChatModel({
    id: model.id,
    price: model.price,
    async *stream(request, callOptions) {
      const { signal } = callOptions;
      signal.throwIfAborted();
      if (!when(request)) return yield* model.stream(request, callOptions);
      const key = replyKey(model.id, version, request);
      const bytes = await untilAborted(kept.get(key), signal);
      const reply = bytes && decodeReply(bytes);
      if (reply) {
        tell(onEvent, { type: 'hit', key });
        const spared = usageOf(reply);
        if (spared) harmlessly('onSpared of a cached model', () => onSpared?.(spared));
        return yield* replay(reply);
      }
      const shared = coming.get(key);
      tell(onEvent, { type: shared ? 'joined' : 'miss', key });
      yield* (shared ?? begin(key, structuredClone(request))).read(signal);
    },
  });
}

/** The same for requests that mean the same, whatever the order of their properties. */
export function replyKey(model: string, version: string, request: unknown): string {
  const meaning = canonicalJson({ model, version, request });
  return `chat-reply/${createHash('sha256').update(meaning).digest('hex')}`;
}
