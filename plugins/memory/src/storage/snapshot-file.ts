import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AiworkError, type Progress } from '@aiwork/core';
import { checkSignal } from '@aiwork/core/adapter-kit';

export function fileFailed(
  doing: string,
  path: string,
  outcome: 'not-applied' | 'unknown',
  cause: unknown,
): AiworkError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AiworkError('AIWORK_STORE_FAILED', `${doing} ${JSON.stringify(path)} failed: ${reason}`, {
    cause,
    outcome,
  });
}

/** All of it, from there on: one call may write a part. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}

/** What a generator gives in the end belongs at the beginning. */
async function writeAll(
  handle: FileHandle,
  chunks: Generator<Uint8Array, Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let at = 0;
  let next = chunks.next();
  for (; !next.done; next = chunks.next()) {
    checkSignal(signal);
    await writeFully(handle, next.value, at);
    at += next.value.length;
  }
  await writeFully(handle, next.value, 0);
  await handle.sync();
}

/** Makes the new name durable where the platform can (Windows cannot open a folder). */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(dirname(path));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Writes beside the file and renames over it: readers see the old content or the new, whole, and a crash leaves the old one.
 *
 * @throws AiworkError `AIWORK_STORE_FAILED`; with `outcome: 'not-applied'` the file is as it was.
 */
export async function writeFileAtomically(
  path: string,
  chunks: Generator<Uint8Array, Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      await writeAll(handle, chunks, signal);
    } finally {
      await handle.close();
    }
    checkSignal(signal);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw AiworkError.isInstance(cause)
      ? cause
      : fileFailed('saving the memory to', path, 'not-applied', cause);
  }
  await syncFolder(path).catch((cause: unknown) => {
    throw fileFailed('making durable the saved memory', path, 'unknown', cause);
  });
}

/** What {@link writeFileAtomically} left behind where its process ended before it did. Only for who alone may write. */
export async function removeDrafts(path: string): Promise<void> {
  const draft = /^\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;
  const name = basename(path);
  for (const entry of await readdir(dirname(path)))
    if (entry.startsWith(name) && draft.test(entry.slice(name.length)))
      await rm(join(dirname(path), entry), { force: true });
}

const readBytes = 1 << 24;

/** How a file is read. */
export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** The whole of an open file, in a buffer of its own. */
export async function readAll(handle: FileHandle, { signal, onProgress }: ReadOptions): Promise<Buffer> {
  const { size } = await handle.stat();
  const bytes = Buffer.allocUnsafeSlow(size);
  for (let done = 0; done < size; ) {
    checkSignal(signal);
    const { bytesRead } = await handle.read(bytes, done, Math.min(readBytes, size - done), done);
    // Cut off meanwhile, by somebody else: what is missing is said by who reads the bytes.
    if (bytesRead === 0) return bytes.subarray(0, done);
    done += bytesRead;
    onProgress?.({ done, total: size, unit: 'bytes' });
  }
  return bytes;
}

/** @throws AiworkError `AIWORK_STORE_FAILED` when it cannot be read. */
export async function readWholeFile(path: string, options: ReadOptions): Promise<Buffer> {
  checkSignal(options.signal);
  try {
    const handle = await open(path);
    try {
      return await readAll(handle, options);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw AiworkError.isInstance(cause)
      ? cause
      : fileFailed('loading a memory from', path, 'not-applied', cause);
  }
}
