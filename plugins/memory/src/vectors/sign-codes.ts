import type { CoarseCodes } from './coarse-codes.ts';
import { kernelBlock, openKernel } from './kernel.ts';
import { createRotation } from './rotation.ts';

/**
 * One bit for each number of a rotated vector: its sign. The more bits of two differ, the larger the angle between them is
 * likely to be.
 *
 * After Charikar: Similarity estimation techniques from rounding algorithms (2002).
 */
export function createSignCodes(dimensions: number, wanted: number): CoarseCodes {
  const { size, rotate } = createRotation(dimensions);
  const stride = size / 8;
  const kernel = openKernel({ stride, queryBytes: stride });
  let rows = 0;
  let differences = new Uint16Array(0);

  function signsOf(vector: Float32Array): Uint8Array {
    const signs = new Uint8Array(stride);
    rotate(vector).forEach((value, i) => {
      if (value > 0) signs[i >> 3] = (signs[i >> 3] as number) | (1 << (i & 7));
    });
    return signs;
  }

  /** Fills `differences`; gives how many rows differ in how many bits. */
  function compare(query: Uint8Array): Uint32Array {
    if (differences.length < rows) differences = new Uint16Array(Math.ceil(1.5 * rows));
    const counts = new Uint32Array(size + 1);
    for (let from = 0; from < rows; from += kernelBlock) {
      const to = Math.min(rows, from + kernelBlock);
      const found = kernel.differences(query, from, to);
      for (let row = from; row < to; row += 1) {
        const difference = found[row - from] as number;
        differences[row] = difference;
        counts[difference] = (counts[difference] as number) + 1;
      }
    }
    return counts;
  }

  return {
    reserve: kernel.reserve,
    put(row, vector) {
      rows = Math.max(rows, row + 1);
      kernel.reserve(rows);
      kernel.codes.set(signsOf(vector), row * stride);
    },
    moveLast(to) {
      rows -= 1;
      kernel.moveLast(rows, to);
    },
    candidates({ vector, topK, accepts }) {
      const counts = compare(signsOf(vector));
      const enough = Math.max(wanted, topK);
      const found: number[] = [];
      // A filter may leave few of the nearest: then those that follow them are looked at, too.
      for (let nearest = 0; nearest <= size && found.length < enough; ) {
        let farthest = nearest;
        for (let seen = counts[nearest] as number; farthest < size && seen < enough - found.length; ) {
          farthest += 1;
          seen += counts[farthest] as number;
        }
        for (let row = 0; row < rows; row += 1) {
          const difference = differences[row] as number;
          if (difference <= farthest && difference >= nearest && accepts(row)) found.push(row);
        }
        nearest = farthest + 1;
      }
      return found;
    },
  };
}
