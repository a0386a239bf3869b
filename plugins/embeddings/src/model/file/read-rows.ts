import { AiworkError } from '@aiwork/core';
import { z } from 'zod';
import { unreadable } from '../model-error.ts';
import { type ArrowBatch, part, readArrowFile } from './arrow-file.ts';
import type { FlatTable } from './flat-table.ts';
import { formatKey, formatVersion, headerKey, headerShape, type ModelHeader } from './model-format.ts';

/** A tensor of a model file, or a text that belongs to the model. */
export interface ModelRow {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  /** CRC-32 that `data` had when it was written. */
  readonly sum: number;
  /** In the memory of the file. */
  readonly data: Uint8Array;
}

/** What is in a model file, of which no checksum was compared yet. */
export interface ModelRows {
  readonly header: ModelHeader;
  readonly rows: readonly ModelRow[];
}

/** @throws `AIWORK_MODEL_UNREADABLE` naming `path`. */
export function readRows(file: Uint8Array, path: string): ModelRows {
  try {
    const { schema, batches } = readArrowFile(file);
    return { header: headerOf(schema, path), rows: batches.flatMap(rowsOf) };
  } catch (error) {
    if (AiworkError.isInstance(error)) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw unreadable(`${path} is no model file, or a damaged one (${why}): convert the model again`, error);
  }
}

const utf8 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

function headerOf(schema: FlatTable, path: string): ModelHeader {
  const metadata = new Map(schema.tables(2).map((entry) => [utf8(entry.bytes(0)), utf8(entry.bytes(1))]));
  const version = metadata.get(formatKey);
  if (version === undefined) {
    throw unreadable(
      `${path} is an Arrow file, but of no embedding model: convert one with aiwork model convert`,
    );
  }
  if (version !== formatVersion) {
    throw unreadable(
      `${path} is of version ${version} of the format, and version ${formatVersion} is read here: convert the model again`,
    );
  }
  const names = schema.tables(1).map((field) => utf8(field.bytes(0)));
  if (names.join() !== columns.join()) throw new Error(`its columns are ${names.join(', ')}`);
  const header = headerShape.safeParse(JSON.parse(metadata.get(headerKey) ?? ''));
  if (header.success) return header.data;
  throw unreadable(`${path} says of itself what cannot be: ${z.prettifyError(header.error)}`);
}

const columns = ['name', 'type', 'shape', 'crc32', 'padding', 'data'];

/** Where a batch has the buffers of its columns: a bitmap of nulls comes first, then offsets, then values. */
const places = {
  name: { offsets: 1, values: 2 },
  type: { offsets: 4, values: 5 },
  shape: { offsets: 7, values: 9 },
  crc32: { values: 11 },
  data: { offsets: 16, values: 17 },
} as const;

const nothing = new Uint8Array(0);

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new DataView(buffer, byteOffset, byteLength);

/** The value of a row in a column whose values differ in length. */
function valuesOf(
  { buffers }: ArrowBatch,
  { offsets, values }: { readonly offsets: number; readonly values: number },
  elementBytes = 1,
): (row: number) => Uint8Array {
  const ends = viewOf(buffers[offsets] ?? nothing);
  const all = buffers[values] ?? nothing;
  return (row) => {
    const [start, end] = [ends.getInt32(4 * row, true), ends.getInt32(4 * row + 4, true)];
    return part(all, start * elementBytes, (end - start) * elementBytes);
  };
}

function rowsOf(batch: ArrowBatch): readonly ModelRow[] {
  const name = valuesOf(batch, places.name);
  const type = valuesOf(batch, places.type);
  const data = valuesOf(batch, places.data);
  const shape = valuesOf(batch, places.shape, 4);
  // As many as it says there are have to fit into the file.
  const sums = viewOf(part(batch.buffers[places.crc32.values] ?? nothing, 0, 4 * batch.rows));
  return Array.from({ length: batch.rows }, (_, row) => {
    const sizes = viewOf(shape(row));
    return {
      name: utf8(name(row)),
      type: utf8(type(row)),
      shape: Array.from({ length: sizes.byteLength / 4 }, (_, i) => sizes.getInt32(4 * i, true)),
      sum: sums.getUint32(4 * row, true),
      data: data(row),
    };
  });
}
