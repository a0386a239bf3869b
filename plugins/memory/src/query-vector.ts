import type { AdmittedQuery } from './admission.ts';
import { embedTexts } from './embedding.ts';
import type { Settings } from './options.ts';

/** What a query goes by as a vector: its own, or what the embedder makes of its text. */
export async function queryVector(
  { text, vector, by }: AdmittedQuery,
  { vectors }: Settings,
  signal: AbortSignal | undefined,
): Promise<Float32Array | undefined> {
  if (by === 'text') return undefined;
  if (vector !== undefined || text === undefined || !vectors?.embedder) return vector;
  const { embedder, dimensions } = vectors;
  return (await embedTexts(embedder, [text], { kind: 'query', dimensions, signal }))[0];
}
