import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { unreadable } from '../model-error.ts';
import type { ModelRow } from './read-rows.ts';

/** So much is added up in one turn of the event loop: about a millisecond's. */
const turnBytes = 2 ** 22;

const damaged = (path: string, name: string) =>
  unreadable(`${path} is damaged: ${name} is not what was written`);

/** @throws `AIWORK_MODEL_UNREADABLE` when the data of a row are not what was written. */
export function checkSum({ name, data, sum }: ModelRow, path: string): void {
  if (crc32(data) !== sum) throw damaged(path, name);
}

/** Does what {@link checkSum} does for many rows, however long they are, and lets others have their turns meanwhile. */
export async function checkSums(
  rows: readonly ModelRow[],
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  let left = turnBytes;
  for (const { name, data, sum } of rows) {
    let found = 0;
    for (let start = 0; start < data.byteLength; ) {
      const piece = data.subarray(start, start + left);
      found = crc32(piece, found);
      start += piece.byteLength;
      left -= piece.byteLength;
      if (left > 0) continue;
      await nextTurn();
      signal?.throwIfAborted();
      left = turnBytes;
    }
    if (found !== sum) throw damaged(path, name);
  }
}
