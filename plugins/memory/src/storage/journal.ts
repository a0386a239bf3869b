import { crc32 } from 'node:zlib';
import { corrupt } from './damage.ts';

/*
 * What was written after a snapshot, behind it in the same file: records, each with 20 bytes of its own (a word that says so,
 * its number from 1, how many bytes follow, their CRC-32, and the CRC-32 of these four, all 32 bits and little-endian). Both
 * checksums begin with the mark of the snapshot, so that a record of another one, or a text that looks like one, is none.
 */
const headBytes = 20;
const word = 0x6a72_6d61;

/** Where a journal stands: the mark of its snapshot, and the numbers of records so far. */
export interface JournalPlace {
  readonly mark: Uint8Array;
  /** Of the record. */
  readonly number: number;
}

export function encodeRecord(content: Uint8Array, { mark, number }: JournalPlace): Uint8Array {
  const record = Buffer.allocUnsafe(headBytes + content.length);
  record.writeUInt32LE(word, 0);
  record.writeUInt32LE(number, 4);
  record.writeUInt32LE(content.length, 8);
  record.writeUInt32LE(crc32(content, crc32(mark)), 12);
  record.writeUInt32LE(crc32(record.subarray(0, 16), crc32(mark)), 16);
  record.set(content, headBytes);
  return record;
}

/** The content of the record that begins there, where there is a whole one. */
function recordAt(
  bytes: Buffer,
  at: number,
  mark: Uint8Array,
): { readonly number: number; readonly content: Buffer } | undefined {
  if (at + headBytes > bytes.length || bytes.readUInt32LE(at) !== word) return undefined;
  if (crc32(bytes.subarray(at, at + 16), crc32(mark)) !== bytes.readUInt32LE(at + 16)) return undefined;
  const end = at + headBytes + bytes.readUInt32LE(at + 8);
  if (end > bytes.length) return undefined;
  const content = bytes.subarray(at + headBytes, end);
  if (crc32(content, crc32(mark)) !== bytes.readUInt32LE(at + 12)) return undefined;
  return { number: bytes.readUInt32LE(at + 4), content };
}

function hasRecordAfter(bytes: Buffer, at: number, mark: Uint8Array): boolean {
  const needle = Buffer.alloc(4);
  needle.writeUInt32LE(word);
  for (let next = bytes.indexOf(needle, at + 1); next >= 0; next = bytes.indexOf(needle, next + 1))
    if (recordAt(bytes, next, mark)) return true;
  return false;
}

/** The whole records of a journal. */
export interface Journal {
  readonly contents: readonly Buffer[];
  /** Where the last of them ends. */
  readonly end: number;
}

/**
 * Reads the records from `from` on. One is written at a time, so only the last can have been cut off by the end of its
 * process, and nobody was told that it was written: it is left out. One that is no whole record, and has some after it, is
 * damage.
 *
 * @throws AiworkError `AIWORK_CORRUPT_DATA` for that.
 */
export function decodeJournal(
  bytes: Buffer,
  { from, mark, what }: { readonly from: number; readonly mark: Uint8Array; readonly what: string },
): Journal {
  const contents: Buffer[] = [];
  let end = from;
  while (end < bytes.length) {
    const record = recordAt(bytes, end, mark);
    if (record?.number !== contents.length + 1) {
      if (record || hasRecordAfter(bytes, end, mark))
        throw corrupt(what, `is damaged at byte ${end}, in what was written after its snapshot`);
      break;
    }
    contents.push(record.content);
    end += headBytes + record.content.length;
  }
  return { contents, end };
}
