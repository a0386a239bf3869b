import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AiworkError } from '@aiwork/core';
import { checkSignal } from './refusals.ts';

/** A path, or a `file:` URL. @since 0.1.0 */
export type FilePath = string | URL;

export function pathOf(file: FilePath): string {
  return typeof file === 'string' ? file : fileURLToPath(file);
}

function failed(
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

async function writeAll(
  handle: FileHandle,
  chunks: Iterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const chunk of chunks) {
    checkSignal(signal);
    await handle.writeFile(chunk);
  }
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
  chunks: Iterable<Uint8Array>,
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
    throw AiworkError.isInstance(cause) ? cause : failed('saving the memory to', path, 'not-applied', cause);
  }
  await syncFolder(path).catch((cause: unknown) => {
    throw failed('making durable the saved memory', path, 'unknown', cause);
  });
}

export async function readWholeFile(path: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  checkSignal(signal);
  try {
    return await readFile(path, { signal });
  } catch (cause) {
    checkSignal(signal);
    throw failed('loading a memory from', path, 'not-applied', cause);
  }
}
