import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a file that is there whole or not at all: it gets its name when all is written and on the disk. One that was
 * there before is replaced; whoever has it open keeps it.
 *
 * @returns how many bytes it has.
 */
export async function writeFileWhole(
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<number> {
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.${randomUUID()}.part`;
  try {
    const bytes = await writeAll(part, pieces, signal);
    await rename(part, path);
    return bytes;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function writeAll(
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<number> {
  await using file = await open(path, 'wx');
  let bytes = 0;
  for await (const piece of pieces) {
    signal?.throwIfAborted();
    for (let done = 0; done < piece.byteLength; ) {
      done += (await file.write(piece, done)).bytesWritten;
    }
    bytes += piece.byteLength;
  }
  await file.sync();
  return bytes;
}
