/** The cosine of the angle between two vectors of one length: 1 where they point the same way. 0 where one has no length. */
export function cosine(one: Float32Array, other: Float32Array): number {
  let dot = 0;
  let ones = 0;
  let others = 0;
  for (let i = 0; i < one.length; i += 1) {
    const a = one[i] ?? 0;
    const b = other[i] ?? 0;
    dot += a * b;
    ones += a * a;
    others += b * b;
  }
  const lengths = Math.sqrt(ones * others);
  // Rounding may take it a little above 1.
  return lengths === 0 ? 0 : Math.max(-1, Math.min(1, dot / lengths));
}
