import { type FlatTable, flatTable, longAt } from './flat-table.ts';

/** An Arrow IPC file: what its columns are, and where its rows lie. */
export interface ArrowFile {
  readonly schema: FlatTable;
  readonly batches: readonly ArrowBatch[];
}

/** Some of the rows of an Arrow file. */
export interface ArrowBatch {
  readonly rows: number;
  /** What the columns consist of, one after the other, in the memory of the file. */
  readonly buffers: readonly Uint8Array[];
}

const magic = 'ARROW1';
/** The length of what the file ends with, and the magic. */
const tailBytes = 4 + magic.length;
/** Of a place in the list of batches: an offset and two lengths, which the message says, too. */
const blockBytes = 24;
/** Stands in front of a message, with its length. */
const marker = 0xffffffff;
const rowsMessage = 3;

/** Bytes that have to be there. */
export function part(bytes: Uint8Array, start: number, length: number): Uint8Array {
  const isInside = start >= 0 && length >= 0 && start + length <= bytes.byteLength;
  if (!isInside) throw new RangeError(`${length} bytes at ${start} are not in ${bytes.byteLength}`);
  return bytes.subarray(start, start + length);
}

/** Finds what is in the bytes of an Arrow file, which are not copied. Throws where it is none, or leads out of itself. */
export function readArrowFile(file: Uint8Array): ArrowFile {
  const end = String.fromCharCode(...file.subarray(-magic.length));
  if (file.byteLength < tailBytes || end !== magic) throw new Error('it does not end as an Arrow file does');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const footerBytes = view.getUint32(file.byteLength - tailBytes, true);
  const footer = flatTable(part(file, file.byteLength - tailBytes - footerBytes, footerBytes));
  const schema = footer.table(1);
  if (schema === undefined) throw new Error('it has no schema');
  return {
    schema,
    batches: footer.structs(3, blockBytes).map((block) => batchAt(file, view, longAt(block, 0))),
  };
}

function batchAt(file: Uint8Array, view: DataView, start: number): ArrowBatch {
  if (view.getUint32(start, true) !== marker) throw new Error(`there is no message at byte ${start}`);
  const length = view.getUint32(start + 4, true);
  const message = flatTable(part(file, start + 8, length));
  const header = message.table(2);
  if (message.number(1, 'byte') !== rowsMessage || header === undefined)
    throw new Error(`the message at byte ${start} has no rows`);
  if (header.table(3)) throw new Error('its rows are compressed, so that nothing could map them');
  const body = part(file, start + 8 + length, message.number(3, 'long'));
  const buffers = header.structs(2, 16).map((place) => part(body, longAt(place, 0), longAt(place, 8)));
  return { rows: header.number(0, 'long'), buffers };
}
