import { type CoarseCodes, codesOf, requireLength, type StoredCodes } from './coarse-codes.ts';
import { kernelBlock, openKernel } from './kernel.ts';
import { createRotation } from './rotation.ts';

/** All codes of the first block are near for all that is known; each one after it is as long as those before, together. */
const firstBlock = 256;

/**
 * One bit for each number of a rotated vector: its sign. The more bits of two differ, the larger the angle between them is
 * likely to be.
 *
 * After Charikar: Similarity estimation techniques from rounding algorithms (2002).
 */
export function createSignCodes(dimensions: number, wanted: number, stored?: StoredCodes): CoarseCodes {
  const { size, rotate } = createRotation(dimensions);
  const stride = size / 8;
  const kernel = openKernel({ stride, queryBytes: stride });
  let rows = 0;
  if (stored) take(stored);

  function take({ rows: count, file }: StoredCodes): void {
    const codes = requireLength(file.bytes('vectors.signs'), count * stride);
    kernel.reserve(count);
    kernel.codes.set(codes);
    rows = count;
  }

  function signsOf(vector: Float32Array): Uint8Array {
    const signs = new Uint8Array(stride);
    rotate(vector).forEach((value, i) => {
      if (value > 0) signs[i >> 3] = (signs[i >> 3] as number) | (1 << (i & 7));
    });
    return signs;
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
      const query = signsOf(vector);
      const enough = Math.max(wanted, topK);
      const near: number[] = [];
      const distances: number[] = [];
      /** How many of those that are near differ in how many bits. */
      const counts = new Uint32Array(size + 1);
      /** Differing in more bits, none is among them: there are enough that differ in as many or fewer. */
      let farthest = size;
      let within = 0;
      for (let from = 0, to = 0; from < rows; from = to) {
        to = Math.min(rows, from + Math.min(kernelBlock, Math.max(firstBlock, from)));
        const found = kernel.near(query, from, to, farthest);
        for (let i = 0; i < found.length; i += 2) {
          const row = found[i] as number;
          const distance = found[i + 1] as number;
          if (distance > farthest || !accepts(row)) continue;
          near.push(row);
          distances.push(distance);
          counts[distance] = (counts[distance] as number) + 1;
          within += 1;
          for (; within - (counts[farthest] as number) >= enough; farthest -= 1)
            within -= counts[farthest] as number;
        }
      }
      return near.filter((_, i) => (distances[i] as number) <= farthest);
    },
    *columns(which) {
      yield ['vectors.signs', codesOf(kernel.codes, stride, which)];
    },
  };
}
