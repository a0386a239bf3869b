import { AiworkError, embedAll } from '@aiwork/core';
import type { AdmittedDoc, AdmittedQuery } from './admission.ts';
import type { VectorSettings } from './options.ts';

/** The vectors of documents, those made that are missing. */
export async function vectorsOf(
  docs: readonly AdmittedDoc[],
  settings: VectorSettings | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly (Float32Array | undefined)[]> {
  const missing = docs.filter(({ vector }) => vector === undefined).map(({ said }) => said);
  const made = (await makeVectors(missing, 'document', settings, signal)).values();
  return docs.map(({ vector }) => vector ?? made.next().value);
}

/** What to find documents near to, where that is asked for and can be had. */
export async function vectorOf(
  { text, vector, by }: AdmittedQuery,
  settings: VectorSettings | undefined,
  signal: AbortSignal | undefined,
): Promise<Float32Array | undefined> {
  if (by === 'text') return undefined;
  if (vector || text === undefined) return vector;
  return (await makeVectors([text], 'query', settings, signal))[0];
}

async function makeVectors(
  texts: readonly string[],
  kind: 'document' | 'query',
  settings: VectorSettings | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly Float32Array[]> {
  if (!settings?.embedder || texts.length === 0) return [];
  const { embedder, dimensions } = settings;
  const name = `the embedder ${JSON.stringify(embedder.id)}`;
  const vectors = await embedAll(embedder, texts, { kind, ...(signal && { signal }) }).catch(
    (cause: unknown) => {
      throw beforeAnyEffect(cause, name);
    },
  );
  if (vectors.every((vector) => vector.length === dimensions && vector.every(Number.isFinite)))
    return vectors;
  throw new AiworkError(
    'AIWORK_INVALID_OUTPUT',
    `${name} gave a vector that is not one of ${dimensions} finite numbers`,
    { outcome: 'not-applied' },
  );
}

/** Nothing was sent to the database yet. */
function beforeAnyEffect(cause: unknown, name: string): AiworkError {
  const known = AiworkError.isInstance(cause) ? cause : undefined;
  const { code = 'AIWORK_INFERENCE_FAILED', retryable = false, retryAfterMs } = known ?? {};
  return new AiworkError(code, known?.message ?? `${name} failed: its error is the cause of this one`, {
    cause,
    outcome: 'not-applied',
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
