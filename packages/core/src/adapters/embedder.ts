import type { Adapter, CallOptions } from './adapter.ts';

/** What a text is to be found by, or found as. @since 0.1.0 */
export type EmbeddingKind = 'query' | 'document';

/** @since 0.1.0 */
export interface EmbedderCapabilities {
  readonly dimensions: number;
  /** Most texts a call takes; a longer list is split by the embedder's caller. */
  readonly maxTexts: number;
  /** Most tokens of a text that are read, those that the model adds included; `Infinity` where there is no limit. */
  readonly maxTokens: number;
  /** Whether every vector has length 1. */
  readonly normalized: boolean;
  /** Whether a query gets another vector than a document of the same text. */
  readonly asymmetric: boolean;
  /**
   * Most by which a component of a text's vector differs from call to call, whatever other texts are embedded with it. 0:
   * it is the same bit for bit.
   */
  readonly tolerance: number;
}

/** @since 0.1.0 */
export interface EmbedOptions extends CallOptions {
  /** Default `document`. It matters to models that are `asymmetric`. */
  readonly kind?: EmbeddingKind;
  /** What becomes of a text of more than `maxTokens`: its end is cut off, or the call is refused. Default `cut`. */
  readonly overlong?: 'cut' | 'refuse';
}

/** What texts have become. @since 0.1.0 */
export interface Embeddings {
  /** One a text, in order. They are the caller's own: what is written into one shows nowhere else. */
  readonly vectors: readonly Float32Array[];
  /** How many tokens were read, of all texts together. What was kept from an earlier call counts as it did then. */
  readonly tokens: number;
  /** Which texts had their end cut off, as ascending indexes. */
  readonly truncated: readonly number[];
}

/**
 * Turns texts into vectors.
 *
 * - Equal texts of one kind give equal vectors: bit for bit within a call, up to `tolerance` from call to call.
 * - Every string is a text, also the empty one. Of an unpaired surrogate, which has no UTF-8 form, U+FFFD is read.
 * - What is wrong with a call is refused before anything is embedded: with `AIWORK_INVALID_ARGUMENT`, naming what is no
 *   text by its index, or with `AIWORK_LIMIT_EXCEEDED`. One that cannot take more now refuses with `AIWORK_OVERLOADED`,
 *   as `retryable`.
 *
 * @since 0.1.0
 */
export interface Embedder extends Adapter<EmbedderCapabilities> {
  /** Names the model and its version, so that vectors of different models are never mixed. */
  readonly id: string;
  /** Embeds a list of texts, which may be empty. */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Embeddings>;
}
