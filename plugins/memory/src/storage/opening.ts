import { crc32 } from 'node:zlib';
import { corrupt, unreadable } from './damage.ts';

/*
 * How every snapshot begins: 8 bytes of magic and the version (32 bits). From version 3 on: the number of bytes of the
 * directory (32 bits), where it is (64-bit floating point), its CRC-32, 8 bytes of its SHA-256 that mark what was
 * written after this snapshot, and the CRC-32 of all of these. All numbers are little-endian.
 */
const magic = Buffer.from('aiwmem\r\n', 'latin1');
export const version = 3;
const versionAt = magic.length;
export const openingBytes = 40;

/** The beginning of a snapshot. */
export interface Opening {
  readonly directoryAt: number;
  readonly directoryBytes: number;
  readonly directoryCrc: number;
  /** 8 bytes. */
  readonly mark: Uint8Array;
}

export function encodeOpening({ directoryAt, directoryBytes, directoryCrc, mark }: Opening): Uint8Array {
  const bytes = Buffer.alloc(openingBytes);
  bytes.set(magic);
  bytes.writeUInt32LE(version, versionAt);
  bytes.writeUInt32LE(directoryBytes, 12);
  bytes.writeDoubleLE(directoryAt, 16);
  bytes.writeUInt32LE(directoryCrc, 24);
  bytes.set(mark, 28);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 36)), 36);
  return bytes;
}

/** The version, of a snapshot that this release reads. */
export function versionOf(bytes: Buffer, what: string): number {
  const prefix = bytes.subarray(0, magic.length);
  if (!prefix.equals(magic.subarray(0, prefix.length)) || prefix.length === 0)
    throw unreadable(what, 'is not a snapshot of @aiwork/memory: give one that `save` or `toSnapshot` wrote');
  if (bytes.length < openingBytes) throw corrupt(what, `is cut off after ${bytes.length} bytes`);
  const found = bytes.readUInt32LE(versionAt);
  if (found > version)
    throw unreadable(
      what,
      `has format version ${found}, and this release of @aiwork/memory reads up to ${version}: install a newer release`,
    );
  return found;
}

/** `size`: of all there is, if `bytes` are only the first of it. */
export function decodeOpening(bytes: Buffer, what: string, size: number = bytes.length): Opening {
  if (crc32(bytes.subarray(0, 36)) !== bytes.readUInt32LE(36))
    throw corrupt(what, 'is damaged (the checksum of its beginning does not fit)');
  const opening = {
    directoryBytes: bytes.readUInt32LE(12),
    directoryAt: bytes.readDoubleLE(16),
    directoryCrc: bytes.readUInt32LE(24),
    mark: bytes.subarray(28, 36),
  };
  const end = opening.directoryAt + opening.directoryBytes;
  if (!(opening.directoryAt >= openingBytes && end <= size))
    throw corrupt(what, `is cut off after ${size} of at least ${end} bytes`);
  return opening;
}
