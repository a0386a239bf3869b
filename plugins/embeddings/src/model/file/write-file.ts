import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file to write, piece by piece. */
export interface FileToWrite {
  readonly path: string;
  readonly pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * Writes files that are there whole or not at all: they get their names, one after the other, when all of them are written
 * and on the disk. Those that were there before are replaced; whoever has one open keeps it.
 *
 * @returns how many bytes each has.
 */
export async function writeFilesWhole(
  files: readonly FileToWrite[],
  signal?: AbortSignal,
): Promise<readonly { readonly path: string; readonly bytes: number }[]> {
  const drafts = files.map((file) => ({ ...file, draft: `${file.path}.${randomUUID()}.part` }));
  try {
    const written = [];
    for (const { path, draft, pieces } of drafts) {
      await mkdir(dirname(path), { recursive: true });
      written.push({ path, bytes: await writeAll(draft, pieces, signal) });
    }
    for (const { path, draft } of drafts) await rename(draft, path);
    return written;
  } catch (error) {
    await Promise.all(drafts.map(({ draft }) => rm(draft, { force: true })));
    throw error;
  }
}

async function writeAll(
  path: string,
  pieces: FileToWrite['pieces'],
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
