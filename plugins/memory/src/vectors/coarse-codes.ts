import type { Column, ColumnFile } from '../storage/columns.ts';

/** What is looked for among codes. */
export interface CoarseQuery {
  readonly vector: Float32Array;
  readonly topK: number;
  readonly minScore: number;
  /** Whether a row may be found at all. */
  accepts(row: number): boolean;
}

/** Codes of a table that was written down, in the order of its rows. */
export interface StoredCodes {
  readonly rows: number;
  readonly file: Pick<ColumnFile<unknown>, 'bytes' | 'doubles'>;
}

/** Small forms of the rows of a table, which say quickly which of them may be the nearest. */
export interface CoarseCodes {
  /** @throws AiworkError `AIWORK_LIMIT_EXCEEDED` when there cannot be so many rows. */
  reserve(rows: number): void;
  /** The row's vector is another now; a row after the last is a new one. */
  put(row: number, vector: Float32Array): void;
  /** The last row takes the place of another, or goes; nothing of what was there is left. */
  moveLast(to: number): void;
  /** Rows that may be among the nearest, in any order. */
  candidates(query: CoarseQuery): number[];
  /** What is written down of some rows, in this order. */
  columns(rows: readonly number[]): Generator<Column>;
}

/** The code of each row, where `codes` has one of so many bytes for each. */
export function* codesOf(codes: Uint8Array, stride: number, rows: readonly number[]): Generator<Uint8Array> {
  for (const row of rows) yield codes.subarray(row * stride, (row + 1) * stride);
}

/** @throws RangeError when a column is not as long as it has to be. */
export function requireLength<T extends { readonly length: number }>(column: T, length: number): T {
  if (column.length === length) return column;
  throw new RangeError(`a column of codes has ${column.length} elements instead of ${length}`);
}
