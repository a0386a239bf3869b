import { setImmediate as nextTurn } from 'node:timers/promises';

/** Copied in one turn of the event loop: a few milliseconds. */
const pieceBytes = 8 * 2 ** 20;

/**
 * Bytes that nobody else can take away or make shorter while the engine reads them: a copy, which is made in pieces. Those of a
 * `SharedArrayBuffer` are such already.
 */
export async function lasting(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const copy = new Uint8Array(bytes.byteLength);
  for (let start = 0; start < bytes.byteLength; start += pieceBytes) {
    if (start > 0) await nextTurn();
    copy.set(bytes.subarray(start, start + pieceBytes), start);
  }
  return copy;
}
