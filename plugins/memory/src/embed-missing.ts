import { embedTexts } from './embedding.ts';
import type { Parts } from './parts.ts';

/** Of documents that were saved without vectors, or with those of another model; gives how many there were. */
export async function embedMissing(
  { settings, index, table }: Parts,
  signal: AbortSignal | undefined,
): Promise<number> {
  if (!table || !settings.vectors?.embedder) return 0;
  const { embedder, dimensions } = settings.vectors;
  const missing = [...index.docs()].filter(({ id }) => table.get(id) === undefined);
  const texts = missing.map(({ text }) => text);
  const vectors = await embedTexts(embedder, texts, { kind: 'document', dimensions, signal });
  table.reserve(missing.length);
  for (const [i, { id }] of missing.entries()) table.set(id, vectors[i] as Float32Array);
  return missing.length;
}
