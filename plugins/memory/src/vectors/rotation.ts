/**
 * Spreads what a vector says over all of its numbers, keeping lengths and angles: signs by chance (always the same) and a
 * Walsh-Hadamard transform, twice. Vectors get as many numbers as the next power of two.
 *
 * After Ailon, Chazelle: The fast Johnson–Lindenstrauss transform and approximate nearest neighbors (2009).
 */
export function createRotation(dimensions: number): {
  readonly size: number;
  rotate(vector: Float32Array): Float64Array;
} {
  const size = 2 ** Math.max(7, Math.ceil(Math.log2(dimensions)));
  const random = randomBits(0x9e3779b9);
  const signs = [0, 1].map(() => Float64Array.from({ length: size }, () => (random() ? 1 : -1)));
  return {
    size,
    rotate(vector) {
      const rotated = new Float64Array(size);
      rotated.set(vector);
      for (const sign of signs) {
        for (let i = 0; i < size; i += 1) rotated[i] = (rotated[i] as number) * (sign[i] as number);
        transform(rotated);
      }
      return rotated;
    },
  };
}

/** The Walsh-Hadamard transform, in place. */
function transform(values: Float64Array): void {
  for (let half = 1; half < values.length; half *= 2) {
    for (let start = 0; start < values.length; start += 2 * half) {
      for (let i = start; i < start + half; i += 1) {
        const a = values[i] as number;
        const b = values[i + half] as number;
        values[i] = a + b;
        values[i + half] = a - b;
      }
    }
  }
}

/** Marsaglia's xorshift (2003). */
function randomBits(seed: number): () => boolean {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state & 0x10000) !== 0;
  };
}
