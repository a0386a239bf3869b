import { dotProduct } from './similarity.ts';

/** Vectors by number, from 0. In pieces, so that none is moved when there are more. */
export interface Rows {
  readonly length: number;
  push(vector: Float32Array): number;
  /** Copies those of all numbers behind the others. */
  pushAll(numbers: Float32Array): void;
  set(row: number, vector: Float32Array): void;
  /** Not a copy. */
  at(row: number): Float32Array;
  /** The product of a vector with that of a row. */
  dot(vector: Float32Array, row: number): number;
  /** Takes away the last one, and wipes it out. */
  pop(): void;
}

const pieceBytes = 1 << 20;

export function createRows(dimensions: number): Rows {
  const perPiece = Math.max(1, Math.floor(pieceBytes / (4 * dimensions)));
  const pieces: Float32Array[] = [];
  let length = 0;

  const pieceOf = (row: number) => pieces[Math.floor(row / perPiece)] as Float32Array;
  const startOf = (row: number) => (row % perPiece) * dimensions;

  function at(row: number): Float32Array {
    const start = startOf(row);
    return pieceOf(row).subarray(start, start + dimensions);
  }

  function makeRoom(): void {
    if (length === pieces.length * perPiece) pieces.push(new Float32Array(perPiece * dimensions));
  }

  return {
    get length() {
      return length;
    },
    push(vector) {
      makeRoom();
      at(length).set(vector);
      length += 1;
      return length - 1;
    },
    pushAll(numbers) {
      const count = numbers.length / dimensions;
      for (let done = 0; done < count; ) {
        makeRoom();
        const some = Math.min(count - done, perPiece - (length % perPiece));
        pieceOf(length).set(numbers.subarray(done * dimensions, (done + some) * dimensions), startOf(length));
        length += some;
        done += some;
      }
    },
    set: (row, vector) => at(row).set(vector),
    at,
    dot: (vector, row) => dotProduct(vector, pieceOf(row), startOf(row)),
    pop() {
      length -= 1;
      at(length).fill(0);
      if (length === (pieces.length - 1) * perPiece) pieces.pop();
    },
  };
}
