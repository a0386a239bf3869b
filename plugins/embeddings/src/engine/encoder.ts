import type { CallOptions, EmbeddingKind } from '@aiwork/core';

/** A model that turns the tokens of texts into vectors. @since 0.1.0 */
export interface Encoder {
  /** Names the model and its version. */
  readonly id: string;
  readonly dimensions: number;
  /** Most tokens of a text, those that the model adds included. */
  readonly maxTokens: number;
  /** Whether every vector has length 1. */
  readonly normalized: boolean;
  /** Most by which a component differs from batch to batch. */
  readonly tolerance: number;
  /** The text of its `tokenizer.json`. */
  readonly tokenizer: string;
  /** What is put in front of texts, for models that were trained so. */
  readonly prompts: Readonly<Partial<Record<EmbeddingKind, string>>>;
  /** How many batches it works on at a time. */
  readonly concurrency: number;
  /** One vector for each list of tokens, in order. */
  encode(batch: readonly Uint32Array[], options?: CallOptions): Promise<readonly Float32Array[]>;
  /** Waits for the batches it works on. */
  close(): Promise<void>;
}
