import { AiworkError } from '../errors.ts';

/**
 * The cosine of the angle between two vectors: 1 where they point the same way, −1 where they point in opposite ones, and 0
 * where one of them has no length.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` for vectors of different lengths: they come from different models.
 * @example
 * ```ts
 * import { cosineSimilarity } from '@aiwork/core';
 *
 * console.log(cosineSimilarity(Float32Array.of(1, 0), Float32Array.of(3, 4))); // 0.6
 * ```
 * @since 0.1.0
 */
export function cosineSimilarity(one: Float32Array, other: Float32Array): number {
  if (one.length !== other.length)
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      `a vector of ${one.length} numbers cannot be compared with one of ${other.length}: both have to come from the same model`,
    );
  let dot = 0;
  let squares = 0;
  let otherSquares = 0;
  for (let i = 0; i < one.length; i += 1) {
    const a = one[i] as number;
    const b = other[i] as number;
    dot += a * b;
    squares += a * a;
    otherSquares += b * b;
  }
  const lengths = Math.sqrt(squares * otherSquares);
  // Rounding may take it a little above 1.
  return lengths === 0 ? 0 : Math.max(-1, Math.min(1, dot / lengths));
}
