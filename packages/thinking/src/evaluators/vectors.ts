import type { Embedder } from '@aiwork/core';

/** Vectors of any number of texts, in calls as large as the embedder takes. */
export async function embedAll(
  embedder: Embedder,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<readonly Float32Array[]> {
  const { maxTexts } = embedder.capabilities;
  const vectors: Float32Array[] = [];
  for (let start = 0; start < texts.length; start += maxTexts) {
    const part = await embedder.embed(texts.slice(start, start + maxTexts), { ...(signal && { signal }) });
    vectors.push(...part.vectors);
  }
  return vectors;
}

/** From -1 to 1; 0 where one of them has no direction. */
export function cosine(a: Float32Array = new Float32Array(), b: Float32Array = new Float32Array()): number {
  let dot = 0;
  let lengthA = 0;
  let lengthB = 0;
  for (let i = 0; i < a.length; i += 1) {
    const [x = 0, y = 0] = [a[i], b[i]];
    dot += x * y;
    lengthA += x * x;
    lengthB += y * y;
  }
  return lengthA === 0 || lengthB === 0 ? 0 : dot / Math.sqrt(lengthA * lengthB);
}
