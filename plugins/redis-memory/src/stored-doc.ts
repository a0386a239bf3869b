import { endianness } from 'node:os';
import type { MemoryDoc } from '@aiwork/core';

/*
 * A document, as Redis has it: JSON of its text and metadata, and after a line feed, which JSON never has, the numbers of
 * its vector, 32 bits each and little-endian.
 */
const lineFeed = 10;
const isBigEndian = endianness() === 'BE';

export function encodeDoc({ text, metadata, vector }: MemoryDoc): Buffer {
  const json = Buffer.from(JSON.stringify({ text, metadata }));
  return vector ? Buffer.concat([json, Buffer.of(lineFeed), littleEndian(vector)]) : json;
}

/** @throws Error when the bytes are no document. Whether its parts are as they have to be is not looked at. */
export function decodeDoc(id: string, bytes: Buffer): MemoryDoc {
  const end = bytes.indexOf(lineFeed);
  const json = end < 0 ? bytes : bytes.subarray(0, end);
  const { text, metadata } = JSON.parse(json.toString('utf8'));
  return {
    id,
    text,
    ...(metadata !== undefined && { metadata }),
    ...(end >= 0 && { vector: vectorIn(bytes.subarray(end + 1)) }),
  };
}

function littleEndian(vector: Float32Array): Buffer {
  const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  return isBigEndian ? Buffer.from(bytes).swap32() : bytes;
}

function vectorIn(bytes: Buffer): Float32Array {
  if (bytes.length % 4 !== 0) throw new RangeError('a vector is cut off');
  // A copy, which begins where a number of 32 bits can.
  const own = new Uint8Array(bytes);
  if (isBigEndian) Buffer.from(own.buffer).swap32();
  return new Float32Array(own.buffer);
}
