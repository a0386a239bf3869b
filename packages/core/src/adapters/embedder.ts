import type { Adapter, CallOptions } from './adapter.ts';

/** @since 0.1.0 */
export interface EmbedderCapabilities {
  readonly dimensions: number;
  /** Most texts a call takes; a longer list is split by the embedder's caller. */
  readonly maxTexts: number;
  /** Whether every vector has length 1. */
  readonly normalized: boolean;
}

/**
 * Turns texts into vectors; equal texts give equal vectors.
 *
 * @since 0.1.0
 */
export interface Embedder extends Adapter<EmbedderCapabilities> {
  /** Names the model and its version, so that vectors of different models are never mixed. */
  readonly id: string;
  /** One vector a text, in order. `kind` matters to models that embed queries and documents differently. */
  embed(
    texts: readonly string[],
    options?: CallOptions & { readonly kind?: 'query' | 'document' },
  ): Promise<readonly Float32Array[]>;
}
