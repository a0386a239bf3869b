/** Numbers that follow from a seed alone. */
export interface Random {
  /** From 0, below 1. */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
}

/** SplitMix32, the 32-bit form of Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014). */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  function next(): number {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }
  return { next, integer: (min, max) => min + Math.floor(next() * (max - min + 1)) };
}
