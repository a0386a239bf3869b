import { AiworkError, type Embedder, type EmbeddingKind } from '@aiwork/core';

/** The vectors of any number of texts. What fails has had no effect. */
export async function embedAll(
  embedder: Embedder,
  texts: readonly string[],
  { kind, dimensions, signal }: EmbedAllOptions,
): Promise<Float32Array[]> {
  const { maxTexts } = embedder.capabilities;
  const vectors: Float32Array[] = [];
  for (let from = 0; from < texts.length; from += maxTexts) {
    const batch = texts.slice(from, from + maxTexts);
    const embedded = await embedder
      .embed(batch, { kind, ...(signal && { signal }) })
      .catch((cause: unknown) => Promise.reject(withoutEffect(cause, embedder)));
    for (const [i] of batch.entries()) {
      const vector = embedded.vectors[i];
      if (!(vector?.length === dimensions && vector.every(Number.isFinite)))
        throw new AiworkError(
          'AIWORK_INVALID_OUTPUT',
          `the embedder ${JSON.stringify(embedder.id)} gave no vector of ${dimensions} finite numbers for a text`,
          { outcome: 'not-applied' },
        );
      vectors.push(vector);
    }
  }
  return vectors;
}

export interface EmbedAllOptions {
  readonly kind: EmbeddingKind;
  readonly dimensions: number;
  readonly signal: AbortSignal | undefined;
}

function withoutEffect(cause: unknown, { id }: Embedder): AiworkError {
  if (!AiworkError.isInstance(cause)) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new AiworkError(
      'AIWORK_INFERENCE_FAILED',
      `the embedder ${JSON.stringify(id)} failed: ${reason}`,
      {
        cause,
        outcome: 'not-applied',
      },
    );
  }
  const { code, message, retryable, retryAfterMs } = cause;
  return new AiworkError(code, message, {
    cause,
    outcome: 'not-applied',
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
