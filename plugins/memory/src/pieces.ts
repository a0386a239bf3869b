/** Part of what grows: arrays that are never moved. */
export interface Piece {
  readonly numbers: Uint32Array;
  readonly bytes: Uint8Array;
}

/** As much as can be made and filled with zeros without anybody noticing. */
const largestPiece = 1 << 18;
const smallestPiece = 1 << 10;

/**
 * A piece for at least `needed` elements behind others of `total`. As much as there is already, so that what is small stays so;
 * and never much, so that nobody waits while it is made.
 */
export function pieceFor(needed: number, total: number): Piece {
  const usual = Math.min(largestPiece, Math.max(smallestPiece, 2 ** Math.floor(Math.log2(total + 1))));
  const length = Math.max(needed, usual);
  return { numbers: new Uint32Array(length), bytes: new Uint8Array(length) };
}
