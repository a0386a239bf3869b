/** What is looked for among codes. */
export interface CoarseQuery {
  readonly vector: Float32Array;
  readonly topK: number;
  readonly minScore: number;
  /** Whether a row may be found at all. */
  accepts(row: number): boolean;
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
}
