import { endianness } from 'node:os';
import type { MemoryDoc } from '@aiwork/core';
import { isPlainObject } from '@aiwork/core/adapter-kit';

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

/** @throws Error when the bytes are no document, or one with a vector of other than `dimensions` numbers. */
export function decodeDoc(id: string, bytes: Buffer, dimensions: number): MemoryDoc {
  const end = bytes.indexOf(lineFeed);
  const json = end < 0 ? bytes : bytes.subarray(0, end);
  const { text, metadata } = JSON.parse(json.toString('utf8'));
  if (typeof text !== 'string' || !(metadata === undefined || isPlainObject(metadata)))
    throw new TypeError('a document is wrong');
  return {
    id,
    text,
    ...(metadata !== undefined && { metadata }),
    ...(end >= 0 && { vector: vectorIn(bytes.subarray(end + 1), dimensions) }),
  };
}

function littleEndian(vector: Float32Array): Buffer {
  const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  return isBigEndian ? Buffer.from(bytes).swap32() : bytes;
}

function vectorIn(bytes: Buffer, dimensions: number): Float32Array {
  if (bytes.length !== 4 * dimensions) throw new RangeError('a vector has another length');
  // A copy, which begins where a number of 32 bits can.
  const own = new Uint8Array(bytes);
  if (isBigEndian) Buffer.from(own.buffer).swap32();
  const vector = new Float32Array(own.buffer);
  if (!vector.every(Number.isFinite)) throw new RangeError('a vector is wrong');
  return vector;
}
