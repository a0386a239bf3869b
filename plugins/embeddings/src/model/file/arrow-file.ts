import type { FileParts } from './file-parts.ts';
import { type FlatTable, flatTable, longAt } from './flat-table.ts';

/** An Arrow IPC file: what its columns are, and where its rows lie. */
export interface ArrowFile {
  readonly schema: FlatTable;
  readonly batches: readonly ArrowBatch[];
}

/** Some of the rows of an Arrow file. */
export interface ArrowBatch {
  readonly rows: number;
  /** Where what the columns consist of lies in the file, one after the other. */
  readonly buffers: readonly FilePlace[];
}

/** Bytes of a file that are there. */
export interface FilePlace {
  readonly start: number;
  readonly length: number;
}

const magic = 'ARROW1';
/** The length of what the file ends with, and the magic. */
const tailBytes = 4 + magic.length;
/** Of a place in the list of batches: an offset and two lengths, which the message says, too. */
const blockBytes = 24;
/** Stands in front of a message, with its length. */
const marker = 0xffffffff;
const rowsMessage = 3;

/** A part of a place; throws what is not in it. */
export function placeIn(place: FilePlace, start: number, length: number): FilePlace {
  const isInside = start >= 0 && length >= 0 && start + length <= place.length;
  if (!isInside) throw new RangeError(`${length} bytes at ${start} are not in ${place.length}`);
  return { start: place.start + start, length };
}

/**
 * Finds what is in an Arrow file, of which no more is read than that takes. Rejects where it is none, or leads out of itself.
 */
export async function readArrowFile(file: FileParts): Promise<ArrowFile> {
  const tail = await file.read(Math.max(0, file.size - tailBytes), Math.min(file.size, tailBytes));
  if (tail.byteLength < tailBytes || String.fromCharCode(...tail.subarray(4)) !== magic)
    throw new Error('it does not end as an Arrow file does');
  const footerBytes = viewOf(tail).getUint32(0, true);
  const footer = flatTable(await file.read(file.size - tailBytes - footerBytes, footerBytes));
  const schema = footer.table(1);
  if (schema === undefined) throw new Error('it has no schema');
  const batches: ArrowBatch[] = [];
  // One after the other, as they lie in the file.
  for (const block of footer.structs(3, blockBytes)) batches.push(await batchAt(file, longAt(block, 0)));
  return { schema, batches };
}

async function batchAt(file: FileParts, start: number): Promise<ArrowBatch> {
  const prefix = viewOf(await file.read(start, 8));
  if (prefix.getUint32(0, true) !== marker) throw new Error(`there is no message at byte ${start}`);
  const length = prefix.getUint32(4, true);
  const message = flatTable(await file.read(start + 8, length));
  const header = message.table(2);
  if (message.number(1, 'byte') !== rowsMessage || header === undefined)
    throw new Error(`the message at byte ${start} has no rows`);
  if (header.table(3)) throw new Error('its rows are compressed, so that nothing could map them');
  const body = placeIn({ start: 0, length: file.size }, start + 8 + length, message.number(3, 'long'));
  const buffers = header.structs(2, 16).map((buffer) => placeIn(body, longAt(buffer, 0), longAt(buffer, 8)));
  return { rows: header.number(0, 'long'), buffers };
}

export const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new DataView(buffer, byteOffset, byteLength);
