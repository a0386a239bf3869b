import { AiworkError } from '@aiwork/core';

const magicByte = 0;
const headerBytes = 5;

/** What all clients of a registry write: a zero, the id of the schema in four bytes, and the payload. */
export function framed(schemaId: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt8(magicByte, 0);
  header.writeUInt32BE(schemaId, 1);
  return Buffer.concat([header, payload]);
}

/** @throws `AIWORK_CORRUPT_DATA` when no client of a registry wrote these bytes. */
export function unframed(bytes: Uint8Array): { readonly schemaId: number; readonly payload: Buffer } {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (all.length < headerBytes || all[0] !== magicByte)
    throw new AiworkError(
      'AIWORK_CORRUPT_DATA',
      'a payload does not begin with the id of a schema: it was not written by a client of a schema registry',
    );
  return { schemaId: all.readUInt32BE(1), payload: all.subarray(headerBytes) };
}
