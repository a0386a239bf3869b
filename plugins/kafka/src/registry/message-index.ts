import { AiworkError } from '@aiwork/core';

/**
 * Where in its file a message of Protobuf is declared: the place among the messages of the file, then among those within
 * it. It stands between the id of the schema and the payload, as zigzag varints with their count first; a mere 0 is short
 * for the first message of the file.
 */
export type MessageIndex = readonly number[];

export function writeIndex(index: MessageIndex): Buffer {
  if (index.length === 1 && index[0] === 0) return Buffer.of(0);
  return Buffer.from([index.length, ...index].flatMap((number) => varint(number * 2)));
}

/** @throws `AIWORK_CORRUPT_DATA` when there is none. */
export function readIndex(bytes: Buffer): { readonly index: MessageIndex; readonly payload: Buffer } {
  let at = 0;
  function next(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 32; factor *= 128) {
      const byte = bytes[at];
      if (byte === undefined) break;
      at += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (value % 2 === 1) break;
        return value / 2;
      }
    }
    throw new AiworkError('AIWORK_CORRUPT_DATA', 'a payload in Protobuf does not say which message it holds');
  }
  const count = next();
  if (count === 0) return { index: [0], payload: bytes.subarray(at) };
  const index: number[] = [];
  while (index.length < count) index.push(next());
  return { index, payload: bytes.subarray(at) };
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 128))];
}
