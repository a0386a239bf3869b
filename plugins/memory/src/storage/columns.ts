import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import { crc32 } from 'node:zlib';
import { corrupt, wrongContent } from './damage.ts';
import { decodeOpening, encodeOpening, openingBytes } from './opening.ts';

/*
 * A snapshot, from version 3 on, is columns: arrays of numbers of one size, each as it lies in memory and at a multiple of 8
 * bytes, so that what was read into a buffer is used where it is. The directory, JSON behind the last of them, says what
 * the snapshot is about and of each column where it is, how many bytes it has and the CRC-32 of those and of the zeros
 * up to the next one.
 */
const alignment = 8;
const chunkBytes = 1 << 18;
const isBigEndian = endianness() === 'BE';

export type ColumnData = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** In pieces. */
export type Column = readonly [name: string, pieces: Iterable<ColumnData>];

/** Where a column is, how many bytes it has, and their checksum. */
type Place = readonly [at: number, bytes: number, crc: number];

interface Directory<About> {
  readonly about: About;
  readonly columns: Readonly<Record<string, Place>>;
}

/** What is in a snapshot. */
export interface ColumnFile<About> {
  readonly about: About;
  /** 8 bytes that only a snapshot of the same content has. */
  readonly mark: Uint8Array;
  /** Where the snapshot ends; what follows was written after it. */
  readonly end: number;
  bytes(name: string): Uint8Array;
  halves(name: string): Uint16Array;
  words(name: string): Uint32Array;
  singles(name: string): Float32Array;
  doubles(name: string): Float64Array;
}

/** Little-endian; on almost every machine that is as they are. */
function littleEndian(data: ColumnData): Buffer {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return isBigEndian ? swapped(Buffer.from(bytes), data.BYTES_PER_ELEMENT) : bytes;
}

function swapped(bytes: Buffer, size: number): Buffer {
  if (size === 2) return bytes.swap16();
  if (size === 4) return bytes.swap32();
  return size === 8 ? bytes.swap64() : bytes;
}

/** The snapshot in pieces, with zeros for its beginning; what it gives in the end belongs there. */
export function* encodeColumns(about: object, columns: Iterable<Column>): Generator<Uint8Array, Uint8Array> {
  let at = 0;
  let crc = 0;
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;

  function add(piece: Uint8Array): void {
    crc = crc32(piece, crc);
    at += piece.length;
    pendingBytes += piece.length;
    pending.push(piece);
  }

  function take(): Uint8Array {
    const taken = Buffer.concat(pending);
    pending = [];
    pendingBytes = 0;
    return taken;
  }

  const places: [string, Place][] = [];
  add(new Uint8Array(openingBytes));
  for (const [name, pieces] of columns) {
    const from = at;
    crc = 0;
    for (const piece of pieces) {
      add(littleEndian(piece));
      if (pendingBytes >= chunkBytes) yield take();
    }
    const bytes = at - from;
    add(new Uint8Array((alignment - (at % alignment)) % alignment));
    places.push([name, [from, bytes, crc]]);
  }
  const directory = Buffer.from(JSON.stringify({ about, columns: Object.fromEntries(places) }));
  const opening = {
    directoryAt: at,
    directoryBytes: directory.length,
    directoryCrc: crc32(directory),
    mark: createHash('sha256').update(directory).digest().subarray(0, 8),
  };
  add(directory);
  yield take();
  return encodeOpening(opening);
}

function checkColumns<About>(
  { columns }: Directory<About>,
  bytes: Buffer,
  { limit, what }: { readonly limit: number; readonly what: string },
): void {
  let end = openingBytes;
  for (const [name, [at, length, crc]] of Object.entries(columns)) {
    if (at !== end || !(length >= 0)) throw wrongContent(what);
    end = Math.ceil((at + length) / alignment) * alignment;
    if (!(end <= limit)) throw wrongContent(what);
    if (crc32(bytes.subarray(at, end)) !== crc)
      throw corrupt(what, `is damaged (the checksum of its ${name} does not fit)`);
  }
  if (end !== limit) throw wrongContent(what);
}

/**
 * Reads a snapshot. The arrays it gives lie in its bytes, which have to begin at a multiple of 8 in their buffer, and are
 * whoever calls' to change. `what` names it in errors.
 *
 * @throws AiworkError `AIWORK_CORRUPT_DATA` when it is damaged or cut off.
 */
export function decodeColumns<About>(snapshot: Uint8Array, what: string): ColumnFile<About> {
  const bytes = Buffer.from(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
  const { directoryAt, directoryBytes, directoryCrc, mark } = decodeOpening(bytes, what);
  const end = directoryAt + directoryBytes;
  const json = bytes.subarray(directoryAt, end);
  if (crc32(json) !== directoryCrc)
    throw corrupt(what, 'is damaged (the checksum of its directory does not fit)');
  const directory: Directory<About> = JSON.parse(json.toString());
  checkColumns(directory, bytes, { limit: directoryAt, what });

  function column(name: string, size: number): Buffer {
    const place = directory.columns[name];
    if (place === undefined || place[1] % size !== 0) throw wrongContent(what);
    const found = bytes.subarray(place[0], place[0] + place[1]);
    return isBigEndian ? swapped(found, size) : found;
  }

  return {
    about: directory.about,
    mark,
    end,
    // No `Buffer`, which cannot be made as its constructor's other arrays are: a column may grow.
    bytes(name) {
      const { buffer, byteOffset, length } = column(name, 1);
      return new Uint8Array(buffer, byteOffset, length);
    },
    halves(name) {
      const { buffer, byteOffset, length } = column(name, 2);
      return new Uint16Array(buffer, byteOffset, length / 2);
    },
    words(name) {
      const { buffer, byteOffset, length } = column(name, 4);
      return new Uint32Array(buffer, byteOffset, length / 4);
    },
    singles(name) {
      const { buffer, byteOffset, length } = column(name, 4);
      return new Float32Array(buffer, byteOffset, length / 4);
    },
    doubles(name) {
      const { buffer, byteOffset, length } = column(name, 8);
      return new Float64Array(buffer, byteOffset, length / 8);
    },
  };
}
