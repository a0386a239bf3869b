import type { Embedder, EmbedderCapabilities, EmbeddingKind, EmbedOptions } from '@aiwork/core';
import {
  checkSignal,
  createCallGate,
  createSharedWork,
  orCancelled,
  type Share,
} from '@aiwork/core/adapter-kit';
import { openTokenizer, type TextTokenizer, type TokenizedText } from '../tokenizer/open-tokenizer.ts';
import { createBatchQueue, type Lane } from './batch-queue.ts';
import { checkTexts, refuseOverlong } from './check-texts.ts';
import { countOption } from './count-option.ts';
import type { Encoder } from './encoder.ts';
import { createResultCache, type EmbeddedText } from './result-cache.ts';

/** @since 0.1.0 */
export interface EmbedderOptions {
  /** Most texts of a call. Default 1024. */
  readonly maxTexts?: number;
  /** Most tokens that are worked on together, with what fills short texts up. More take more memory, and are no faster. Default 512. */
  readonly maxBatchTokens?: number;
  /** How many tokens may wait before calls are refused with `AIWORK_OVERLOADED`. Default 262,144. */
  readonly maxQueuedTokens?: number;
  /** Most results that are kept for texts that come again; 0 keeps none. Default 10,000. */
  readonly cacheEntries?: number;
  /** Most bytes of texts and vectors that are kept. Default 32 MiB. */
  readonly cacheBytes?: number;
}

/** How an embedder is doing. @since 0.1.0 */
export interface EmbedderStats {
  /** Texts whose vector was kept from an earlier call, or was being made for one. */
  readonly cacheHits: number;
  readonly cacheEntries: number;
  readonly cacheBytes: number;
  /** Tokens that wait, or are worked on. */
  readonly queuedTokens: number;
}

/** An embedder whose model runs in this process. @since 0.1.0 */
export interface LocalEmbedder extends Embedder {
  stats(): EmbedderStats;
}

/**
 * Makes an embedder of a model: texts of all calls are put into batches of about equal length, equal texts are embedded
 * once, and results are kept for texts that come again. It closes the model with itself.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option cannot be used; `AIWORK_CORRUPT_DATA` when the tokenizer cannot be read.
 * @example
 * ```ts
 * import { createEmbedder } from '@aiwork/embeddings';
 *
 * // A model that counts tokens: real ones are opened by `loadEmbedder`.
 * const vocab = { '[UNK]': 0, rain: 1, wind: 2 };
 * await using embedder = createEmbedder({
 *   id: 'counting-1',
 *   dimensions: 3,
 *   maxTokens: 16,
 *   normalized: false,
 *   tolerance: 0,
 *   tokenizer: JSON.stringify({
 *     version: '1.0',
 *     added_tokens: [],
 *     pre_tokenizer: { type: 'Whitespace' },
 *     model: { type: 'WordLevel', vocab, unk_token: '[UNK]' },
 *   }),
 *   prompts: {},
 *   concurrency: 1,
 *   encode: async (batch) =>
 *     batch.map((ids) => Float32Array.from([0, 1, 2], (id) => ids.filter((each) => each === id).length)),
 *   close: async () => {},
 * });
 * const { vectors, tokens } = await embedder.embed(['rain rain wind', 'snow']);
 * console.log(vectors[0], vectors[1], tokens); // Float32Array(3) [ 0, 2, 1 ] Float32Array(3) [ 1, 0, 0 ] 4
 * ```
 * @since 0.1.0
 */
export function createEmbedder(encoder: Encoder, options: EmbedderOptions = {}): LocalEmbedder {
  return embedderWith(encoder, openTokenizer(encoder.tokenizer, encoder.maxTokens), options);
}

/** An embedder of a model whose tokenizer is open already. */
export function embedderWith(
  encoder: Encoder,
  tokenizer: TextTokenizer,
  options: EmbedderOptions,
): LocalEmbedder {
  const { id, dimensions, maxTokens, normalized, tolerance, prompts } = encoder;
  const capabilities: EmbedderCapabilities = Object.freeze({
    dimensions,
    maxTexts: countOption(options.maxTexts, { name: 'maxTexts', standard: 1024 }),
    maxTokens,
    normalized,
    asymmetric: (prompts.query ?? '') !== (prompts.document ?? ''),
    tolerance,
  });
  const cache = createResultCache(options);
  const working = createSharedWork<EmbeddedText>();
  const queue = createBatchQueue(encoder, {
    maxBatchTokens: countOption(options.maxBatchTokens, { name: 'maxBatchTokens', standard: 512 }),
    maxQueuedTokens: countOption(options.maxQueuedTokens, { name: 'maxQueuedTokens', standard: 262_144 }),
  });
  const gate = createCallGate('the embedder', () => encoder.close());

  const keyOf = (text: string, kind: EmbeddingKind) => (capabilities.asymmetric ? `${kind} ${text}` : text);

  async function tokensOf(texts: readonly string[], kind: EmbeddingKind): Promise<readonly TokenizedText[]> {
    if (texts.length === 0) return [];
    queue.requireRoom();
    const prompt = prompts[kind] ?? '';
    return tokenizer.tokenize(prompt === '' ? texts : texts.map((text) => prompt + text));
  }

  /** Embeds tokens, or takes part where that is under way. */
  const share = (key: string, { ids, isTruncated }: TokenizedText, lane: Lane): Share<EmbeddedText> =>
    working.join(key, async (signal) => {
      // Another call may have come to its end while this one's texts were made into tokens.
      const known = cache.find(key);
      if (known) return known;
      const made = { vector: await lane.add(ids, signal), tokens: ids.length, isTruncated };
      cache.keep(key, made);
      return made;
    });

  /** What has become of each text, known before or made now. */
  async function embedded(
    texts: readonly string[],
    { kind = 'document', overlong = 'cut', signal }: EmbedOptions,
  ): Promise<readonly EmbeddedText[]> {
    const found = new Map<string, EmbeddedText>();
    for (const text of texts) {
      const known = cache.find(keyOf(text, kind));
      if (known) found.set(text, known);
    }
    const missing = [...new Set(texts)].filter((text) => !found.has(text));
    const tokens = await orCancelled(tokensOf(missing, kind), signal);
    if (overlong === 'refuse') {
      const cutOff = new Set(missing.filter((_, i) => tokens[i]?.isTruncated));
      refuseOverlong(texts, (text) => cutOff.has(text) || found.get(text)?.isTruncated === true, maxTokens);
    }
    // Others have come while these were made into tokens.
    if (missing.length > 0) queue.requireRoom();
    const lane = queue.lane();
    const shares = tokens.map((each, i) => share(keyOf(missing[i] ?? '', kind), each, lane));
    try {
      const made = await orCancelled(Promise.all(shares.map(({ result }) => result)), signal);
      for (const [i, each] of made.entries()) found.set(missing[i] ?? '', each);
    } finally {
      for (const each of shares) each.leave();
    }
    return texts.flatMap((text) => found.get(text) ?? []);
  }

  const embed: Embedder['embed'] = (texts, options = {}) =>
    gate.pass(async () => {
      checkTexts(texts, options, capabilities);
      checkSignal(options.signal);
      // A copy: whoever calls may change the list meanwhile.
      const results = await embedded([...texts], options);
      return {
        vectors: results.map(({ vector }) => vector.slice()),
        tokens: results.reduce((sum, each) => sum + each.tokens, 0),
        truncated: results.flatMap(({ isTruncated }, i) => (isTruncated ? [i] : [])),
      };
    });

  return {
    id,
    capabilities,
    embed,
    stats: () => ({ ...cache.stats(), queuedTokens: queue.tokens }),
    close: gate.close,
    [Symbol.asyncDispose]: gate.close,
  };
}
