/**
 * How near two vectors are: `'cosine'` of the angle between them, from −1 to 1 (one without a direction, of zeros, is 0 near
 * to all); or their `'dot'` product, for models made for it.
 *
 * @since 0.1.0
 */
export type Similarity = 'cosine' | 'dot';

/**
 * Of `a` with the numbers of `b` from one on. In double precision and always in the same order, so that a pair has one score
 * wherever it comes up.
 */
export function dotProduct(a: Float32Array, b: Float32Array, from = 0): number {
  let even = 0;
  let odd = 0;
  const last = a.length - 1;
  for (let i = 0; i < last; i += 2) {
    even += (a[i] as number) * (b[from + i] as number);
    odd += (a[i + 1] as number) * (b[from + i + 1] as number);
  }
  if (a.length % 2 === 1) even += (a[last] as number) * (b[from + last] as number);
  return even + odd;
}

export const lengthOf = (vector: Float32Array): number => Math.sqrt(dotProduct(vector, vector));

const singlePrecision = 1e-6;

/** As it is kept and compared: for the cosine, of length 1. */
export function prepared(vector: Float32Array, similarity: Similarity): Float32Array {
  const length = similarity === 'cosine' ? lengthOf(vector) : 1;
  // So that one that was read back from a file stays as it was.
  if (length === 0 || Math.abs(length - 1) < singlePrecision) return vector.slice();
  return vector.map((value) => value / length);
}
