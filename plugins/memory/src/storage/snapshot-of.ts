import type { Settings } from '../options.ts';
import type { Parts } from '../parts.ts';
import { codesKindOf } from '../vectors/vector-table.ts';
import { type Column, encodeColumns } from './columns.ts';
import { type Living, livingOf, segmentColumns } from './segment-columns.ts';
import type { SnapshotHeader } from './snapshot-header.ts';

/** What a snapshot says of itself, and what it takes to read its columns. */
export interface SnapshotAbout extends SnapshotHeader {
  /** Of all ids: what the keys of their order leave out. */
  readonly prefix: string;
}

export function headerOf({ ranking, tokenizer, vectors }: Settings): SnapshotHeader {
  return {
    ranking: ranking.options,
    tokenizer: tokenizer.id,
    ...(vectors && {
      vectors: {
        dimensions: vectors.dimensions,
        similarity: vectors.similarity,
        ...(vectors.model !== undefined && { model: vectors.model }),
        codes: codesKindOf(vectors),
      },
    }),
  };
}

/** In pieces, with zeros for its beginning; what it gives in the end belongs there. Nothing may change meanwhile. */
export function snapshotOf(parts: Parts): Generator<Uint8Array, Uint8Array> {
  const living = livingOf(parts.index.segment);
  const about: SnapshotAbout = { ...headerOf(parts.settings), prefix: living.prefix };
  return encodeColumns(about, columnsOf(parts, living));
}

function* columnsOf({ index, table }: Parts, living: Living): Generator<Column> {
  yield* segmentColumns(index.segment, living);
  if (table) yield* table.columns(living.ids);
}

/** The whole of it. */
export function snapshotBytes(parts: Parts): Uint8Array {
  const snapshot = snapshotOf(parts);
  const pieces: Uint8Array[] = [];
  for (let next = snapshot.next(); ; next = snapshot.next()) {
    if (next.done) {
      const bytes = Buffer.concat(pieces);
      bytes.set(next.value);
      return bytes;
    }
    pieces.push(next.value);
  }
}
