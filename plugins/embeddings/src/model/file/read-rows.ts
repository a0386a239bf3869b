import { AiworkError } from '@aiwork/core';
import { hasShape, misfits } from '../../schema/shape.ts';
import { unreadable } from '../model-error.ts';
import { type ArrowBatch, type FilePlace, placeIn, readArrowFile, viewOf } from './arrow-file.ts';
import type { FileParts, OpenFile } from './file-parts.ts';
import type { FlatTable } from './flat-table.ts';
import { formatKey, formatVersion, headerKey, headerShape, type ModelHeader } from './model-format.ts';

/** A tensor of a model file, or a text that belongs to the model. */
export interface ModelRow {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  /** CRC-32 that its data had when they were written. */
  readonly sum: number;
  readonly data: FilePlace;
}

/** What is in a model file, of which no checksum was compared yet. */
export interface ModelRows {
  readonly header: ModelHeader;
  readonly rows: readonly ModelRow[];
}

/** @throws `AIWORK_MODEL_UNREADABLE` naming the file. */
export async function readRows({ parts, path, signal }: OpenFile): Promise<ModelRows> {
  try {
    const { schema, batches } = await readArrowFile(parts);
    const header = headerOf(schema, path);
    const rows: ModelRow[] = [];
    for (const batch of batches) rows.push(...(await rowsOf(parts, batch)));
    return { header, rows };
  } catch (error) {
    if (signal?.aborted || AiworkError.isInstance(error)) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw unreadable(`${path} is no model file, or a damaged one (${why}): convert the model again`, error);
  }
}

/** The text that bytes are in UTF-8. */
export const textOf = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

function headerOf(schema: FlatTable, path: string): ModelHeader {
  const metadata = new Map(schema.tables(2).map((entry) => [textOf(entry.bytes(0)), textOf(entry.bytes(1))]));
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
  const names = schema.tables(1).map((field) => textOf(field.bytes(0)));
  if (names.join() !== columns.join()) throw new Error(`its columns are ${names.join(', ')}`);
  const header: unknown = JSON.parse(metadata.get(headerKey) ?? '');
  if (hasShape(headerShape, header)) return header;
  const wrong = misfits(headerShape, header).map((misfit) => `${misfit.path.join('.')} ${misfit.message}`);
  throw unreadable(`${path} says of itself what cannot be: ${wrong.join('; ')}`);
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

const nowhere: FilePlace = { start: 0, length: 0 };

/** Where the value of a row lies in a column whose values differ in length. */
async function valuesOf(
  file: FileParts,
  { buffers }: ArrowBatch,
  { offsets, values }: { readonly offsets: number; readonly values: number },
  elementBytes = 1,
): Promise<(row: number) => FilePlace> {
  const { start, length } = buffers[offsets] ?? nowhere;
  const ends = viewOf(await file.read(start, length));
  const all = buffers[values] ?? nowhere;
  return (row) => {
    const [first, end] = [ends.getInt32(4 * row, true), ends.getInt32(4 * row + 4, true)];
    return placeIn(all, first * elementBytes, (end - first) * elementBytes);
  };
}

async function rowsOf(file: FileParts, batch: ArrowBatch): Promise<readonly ModelRow[]> {
  const bytesAt = ({ start, length }: FilePlace) => file.read(start, length);
  const name = await valuesOf(file, batch, places.name);
  const type = await valuesOf(file, batch, places.type);
  const shape = await valuesOf(file, batch, places.shape, 4);
  // As many as it says there are have to fit into the file.
  const sums = viewOf(
    await bytesAt(placeIn(batch.buffers[places.crc32.values] ?? nowhere, 0, 4 * batch.rows)),
  );
  const data = await valuesOf(file, batch, places.data);
  const rows: ModelRow[] = [];
  for (let row = 0; row < batch.rows; row += 1) {
    const sizes = viewOf(await bytesAt(shape(row)));
    rows.push({
      name: textOf(await bytesAt(name(row))),
      type: textOf(await bytesAt(type(row))),
      shape: Array.from({ length: sizes.byteLength / 4 }, (_, i) => sizes.getInt32(4 * i, true)),
      sum: sums.getUint32(4 * row, true),
      data: data(row),
    });
  }
  return rows;
}
