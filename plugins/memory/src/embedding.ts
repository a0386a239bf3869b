import { AiworkError, type Embedder, type EmbeddingKind, embedAll } from '@aiwork/core';

/** The vectors of any number of texts, checked. What fails has had no effect. */
export async function embedTexts(
  embedder: Embedder,
  texts: readonly string[],
  { kind, dimensions, signal }: EmbedTextsOptions,
): Promise<readonly Float32Array[]> {
  const vectors = await embedAll(embedder, texts, { kind, ...(signal && { signal }) }).catch(
    (cause: unknown) => Promise.reject(withoutEffect(cause, embedder)),
  );
  for (const vector of vectors) {
    if (!(vector?.length === dimensions && vector.every(Number.isFinite)))
      throw new AiworkError(
        'AIWORK_INVALID_OUTPUT',
        `the embedder ${JSON.stringify(embedder.id)} gave no vector of ${dimensions} finite numbers for a text`,
        { outcome: 'not-applied' },
      );
  }
  return vectors;
}

export interface EmbedTextsOptions {
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
