import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { unreadable } from '../model-error.ts';
import type { OpenFile } from './file-parts.ts';
import type { ModelRow } from './read-rows.ts';

/** So much is added up in one turn of the event loop: about a millisecond's. */
const turnBytes = 2 ** 22;

const damaged = (path: string, name: string) =>
  unreadable(`${path} is damaged: ${name} is not what was written`);

/** @throws `AIWORK_MODEL_UNREADABLE` when these are not the bytes that were written for a row. */
export function checkSum({ name, sum }: ModelRow, bytes: Uint8Array, path: string): void {
  if (crc32(bytes) !== sum) throw damaged(path, name);
}

/** Does what {@link checkSum} does for many rows, however long they are, and lets others have their turns meanwhile. */
export async function checkSums({ parts, path, signal }: OpenFile, rows: readonly ModelRow[]): Promise<void> {
  let left = turnBytes;
  for (const { name, data, sum } of rows) {
    let found = 0;
    for await (const piece of parts.pieces(data.start, data.length)) {
      found = crc32(piece, found);
      left -= piece.byteLength;
      if (left > 0) continue;
      await nextTurn();
      signal?.throwIfAborted();
      left = turnBytes;
    }
    if (found !== sum) throw damaged(path, name);
  }
}
