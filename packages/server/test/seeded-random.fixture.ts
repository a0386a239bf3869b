/** Numbers that are the same for the same seed. */
export interface Random {
  /** From 0 to 2³² − 1. */
  bits(): number;
  /** From `min` to `max`, both included. */
  int(min: number, max: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
  bytes(count: number): Buffer;
}

/** Mulberry32 over a seed and a place in the sequence: a request can be made again without those before it. */
export function randomOf(seed: number, index: number): Random {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0;
  function bits(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }
  const int = (min: number, max: number) => min + (bits() % (max - min + 1));
  return {
    bits,
    int,
    pick: (from) => from[int(0, from.length - 1)] ?? from[0],
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => bits() & 0xff)),
  };
}
