import { createBestHits } from '../best-hits.ts';
import { grown } from '../grown.ts';
import { type CoarseCodes, codesOf, requireLength, type StoredCodes } from './coarse-codes.ts';
import { kernelBlock, openKernel } from './kernel.ts';
import { lengthOf } from './similarity.ts';

/** Rows as they are numbered. */
const byRow = { isAfter: (row: number, other: number): boolean => row > other };

/** Of the products of doubles, far more than their rounding. */
const rounding = 1e-12;

/**
 * A byte for each number of a vector, and how far that is off: so its product with a query is known to lie between two
 * numbers, and whoever's higher one is below the lower ones of enough others need not be looked at. What is left is a few
 * rows more than those asked for, and always all of those.
 */
export function createByteCodes(dimensions: number, stored?: StoredCodes): CoarseCodes {
  const stride = Math.ceil(dimensions / 16) * 16;
  const kernel = openKernel({ stride, queryBytes: 2 * stride });
  // A sum of products has to fit 32 bits.
  const queryRange = Math.min(32_767, Math.floor((2 ** 31 - 1) / (127 * stride)));
  let scales = new Float64Array(16);
  let errors = new Float64Array(16);
  let lengths = new Float64Array(16);
  let rows = 0;
  if (stored) take(stored);

  function take({ rows: count, file }: StoredCodes): void {
    const codes = requireLength(file.bytes('vectors.bytes'), count * stride);
    // Copies, so that what was read can go.
    scales = requireLength(file.doubles('vectors.scales'), count).slice();
    errors = requireLength(file.doubles('vectors.errors'), count).slice();
    lengths = requireLength(file.doubles('vectors.lengths'), count).slice();
    kernel.reserve(count);
    kernel.codes.set(codes);
    rows = count;
  }

  function put(row: number, vector: Float32Array): void {
    rows = Math.max(rows, row + 1);
    kernel.reserve(rows);
    scales = grown(scales, rows);
    errors = grown(errors, rows);
    lengths = grown(lengths, rows);
    const scale = largestIn(vector) / 127;
    const code = new Int8Array(kernel.codes.buffer, kernel.codes.byteOffset + row * stride, stride);
    scales[row] = scale;
    errors[row] = quantise(vector, scale, code);
    lengths[row] = lengthOf(vector);
  }

  return {
    reserve: kernel.reserve,
    put,
    moveLast(to) {
      rows -= 1;
      kernel.moveLast(rows, to);
      scales[to] = scales[rows] as number;
      errors[to] = errors[rows] as number;
      lengths[to] = lengths[rows] as number;
    },
    candidates({ vector, topK, minScore, accepts }) {
      const query = new Int16Array(stride);
      const queryScale = largestIn(vector) / queryRange;
      const queryError = quantise(vector, queryScale, query);
      const queryLength = lengthOf(vector);
      const surest = createBestHits({ limit: topK, minScore, idOrder: byRow });
      const found: { readonly row: number; readonly highest: number }[] = [];
      for (let from = 0; from < rows; from += kernelBlock) {
        const to = Math.min(rows, from + kernelBlock);
        const dots = kernel.dots(query, from, to);
        for (let row = from; row < to; row += 1) {
          const product = queryScale * (scales[row] as number) * (dots[row - from] as number);
          const error = errors[row] as number;
          const length = lengths[row] as number;
          const margin =
            queryLength * error + queryError * (length + error) + rounding * queryLength * (length + error);
          const highest = product + margin;
          if (highest < surest.threshold || !accepts(row)) continue;
          const lowest = product - margin;
          if (surest.wants(row, lowest)) surest.add(row, lowest);
          found.push({ row, highest });
        }
      }
      return found.filter(({ highest }) => highest >= surest.threshold).map(({ row }) => row);
    },
    *columns(which) {
      const of = (column: Float64Array) => Float64Array.from(which, (row) => column[row] as number);
      yield ['vectors.bytes', codesOf(kernel.codes, stride, which)];
      yield ['vectors.scales', [of(scales)]];
      yield ['vectors.errors', [of(errors)]];
      yield ['vectors.lengths', [of(lengths)]];
    },
  };
}

function largestIn(vector: Float32Array): number {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** Gives how far the code is from the vector. */
function quantise(vector: Float32Array, scale: number, code: Int8Array | Int16Array): number {
  if (scale === 0) {
    code.fill(0);
    return 0;
  }
  let squares = 0;
  for (let i = 0; i < vector.length; i += 1) {
    const value = vector[i] as number;
    const nearest = Math.round(value / scale);
    code[i] = nearest;
    squares += (value - nearest * scale) ** 2;
  }
  return Math.sqrt(squares);
}
