import { bestFirst, type Scored } from '../fusion.ts';
import { createSplitMap } from '../split-map.ts';
import type { Column } from '../storage/columns.ts';
import { createByteCodes } from './byte-codes.ts';
import type { CoarseCodes, StoredCodes } from './coarse-codes.ts';
import { createRows } from './rows.ts';
import { createSignCodes } from './sign-codes.ts';
import { prepared, type Similarity } from './similarity.ts';

export interface VectorTableOptions {
  readonly dimensions: number;
  readonly similarity: Similarity;
  /** Missing, the nearest are found for certain; else among so many that look near. */
  readonly candidates?: number | undefined;
}

/** Vectors of one similarity that were written down, with their codes. */
export interface StoredVectors {
  /** Whose they are. */
  readonly ids: readonly string[];
  /** One vector behind the other. */
  readonly numbers: Float32Array;
  readonly codes: StoredCodes;
}

/** Names what codes say and how they lie in a file: those of another name are made anew. */
export type CodesKind = 'bytes-1' | 'signs-1';

export const codesKindOf = ({ candidates }: Pick<VectorTableOptions, 'candidates'>): CodesKind =>
  candidates === undefined ? 'bytes-1' : 'signs-1';

export interface NearQuery {
  readonly vector: Float32Array;
  readonly topK: number;
  readonly minScore: number;
  accepts(id: string): boolean;
}

/** Vectors by id, and which of them are nearest to another. It trusts its arguments. */
export interface VectorTable {
  readonly size: number;
  /**
   * Makes room for so many more.
   *
   * @throws AiworkError `AIWORK_LIMIT_EXCEEDED` when there cannot be so many.
   */
  reserve(more: number): void;
  set(id: string, vector: Float32Array): void;
  delete(id: string): void;
  /** As it is kept; not a copy. */
  get(id: string): Float32Array | undefined;
  /** Best first, equal scores by id. */
  nearest(query: NearQuery): Scored[];
  /** What is written down of those that ids have, and `vectors.owners`: which of the ids have one. */
  columns(ids: readonly string[]): Generator<Column>;
}

export function createVectorTable(
  { dimensions, similarity, candidates }: VectorTableOptions,
  stored?: StoredVectors,
): VectorTable {
  const rows = createRows(dimensions);
  const codes: CoarseCodes =
    candidates === undefined
      ? createByteCodes(dimensions, stored?.codes)
      : createSignCodes(dimensions, candidates, stored?.codes);
  const rowOf = createSplitMap();
  const ids: string[] = [];
  for (const id of stored?.ids ?? []) rowOf.set(id, ids.push(id) - 1);
  if (stored) rows.pushAll(stored.numbers);

  return {
    get size() {
      return rows.length;
    },
    reserve: (more) => codes.reserve(rows.length + more),
    set(id, vector) {
      const kept = prepared(vector, similarity);
      let row = rowOf.get(id);
      if (row === undefined) {
        row = rows.push(kept);
        rowOf.set(id, row);
        ids.push(id);
      } else rows.set(row, kept);
      codes.put(row, kept);
    },
    delete(id) {
      const row = rowOf.get(id);
      if (row === undefined) return;
      const last = ids.pop() as string;
      rowOf.set(last, row);
      rowOf.delete(id);
      if (last !== id) {
        ids[row] = last;
        rows.set(row, rows.at(rows.length - 1));
      }
      rows.pop();
      codes.moveLast(row);
    },
    get(id) {
      const row = rowOf.get(id);
      return row === undefined ? undefined : rows.at(row);
    },
    nearest({ vector, topK, minScore, accepts }) {
      const query = prepared(vector, similarity);
      return codes
        .candidates({ vector: query, topK, minScore, accepts: (row) => accepts(ids[row] as string) })
        .map((row): Scored => ({ id: ids[row] as string, score: rows.dot(query, row) }))
        .filter(({ score }) => score >= minScore)
        .sort(bestFirst)
        .slice(0, topK);
    },
    *columns(of) {
      const owners = of.flatMap((id, n) => (rowOf.get(id) === undefined ? [] : [n]));
      const written = owners.map((n) => rowOf.get(of[n] as string) as number);
      yield ['vectors', written.values().map(rows.at)];
      yield ['vectors.owners', [Uint32Array.from(owners)]];
      yield* codes.columns(written);
    },
  };
}
