/** How the vectors of a text's tokens become the vector of the text. @since 0.1.0 */
export type Pooling = 'mean' | 'cls' | 'max';

/**
 * A transformer that turns tokens into one vector, without its weights.
 *
 * @since 0.1.0
 */
export interface EncoderSpec {
  readonly architecture: 'bert' | 'roberta' | 'mpnet';
  readonly layers: number;
  /** Length of a token's vector, and of the text's. */
  readonly hidden: number;
  readonly heads: number;
  /** Width of the feed-forward part of a layer. */
  readonly intermediate: number;
  readonly vocabulary: number;
  /** Most tokens of a text, those that the model adds included. */
  readonly maxTokens: number;
  readonly activation: 'gelu' | 'gelu-tanh' | 'relu';
  readonly layerNormEpsilon: number;
  readonly pooling: Pooling;
  /** Whether every vector has length 1. */
  readonly normalized: boolean;
  /** What a query and a document have put before them, where the model was trained with that. */
  readonly prompts: { readonly query?: string; readonly document?: string };
}
