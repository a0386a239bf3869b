import { open } from 'node:fs/promises';
import { AiworkError, type CallOptions, type Progress } from '@aiwork/core';
import { checkSignal } from '@aiwork/core/adapter-kit';
import { embedMissing } from './embed-missing.ts';
import { createFileKeeper } from './file-keeper.ts';
import { type LocalMemory, memoryOf } from './memory-of.ts';
import { type MemoryOptions, settingsFrom } from './options.ts';
import { createParts, type Parts } from './parts.ts';
import { type FileLock, lockFile } from './storage/file-lock.ts';
import { type FilePath, pathOf } from './storage/file-path.ts';
import { type LoadOptions, loadSnapshot, replay } from './storage/load-parts.ts';
import { createMemoryFile, type FilePlace } from './storage/memory-file.ts';
import {
  fileFailed,
  type ReadOptions,
  readAll,
  removeDrafts,
  writeFileAtomically,
} from './storage/snapshot-file.ts';
import { snapshotOf } from './storage/snapshot-of.ts';
import { inTurns, type Steps } from './turns.ts';

/** What {@link openMemory} takes. @since 0.1.0 */
export interface OpenMemoryOptions extends MemoryOptions, CallOptions {
  /** How many bytes of the file were read, and then how many batches that were written after its snapshot. */
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Opens a memory that lives in a file, or makes it: what has resolved is there, whatever happens to the process or the machine
 * after that. What is in the file is used where it lies, so that a large one is open at once. Ranking and tokenizer are those of
 * the file unless given; a different tokenizer makes it cut and index the texts anew, another embedder's texts are embedded
 * anew. Files that `save` wrote are opened, too, and those of earlier versions.
 *
 * Every mutation is added to the end of the file, and synchronised with the disk; from time to time the file is written anew
 * beside itself, and takes its own place in one step. `forget` always does that, so that nothing is left in the file. One
 * at a time has it open, by a lock on an empty file beside it, `FILE.lock`; `loadMemory` reads it meanwhile.
 *
 * @example
 * ```ts
 * import { mkdtemp, rm } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { openMemory } from '@aiwork/memory';
 *
 * const folder = await mkdtemp(join(tmpdir(), 'memory-'));
 * const memory = await openMemory(join(folder, 'notes.aiwmem'));
 * await memory.upsert([{ id: 'a', text: 'kept from now on' }]);
 * await memory.close();
 *
 * const again = await openMemory(join(folder, 'notes.aiwmem'));
 * console.log(await again.count()); // 1
 * await again.close();
 * await rm(folder, { recursive: true });
 * ```
 * @throws AiworkError `AIWORK_STORE_BUSY` when it is open already; `AIWORK_CORRUPT_DATA` when it is damaged, of a newer version
 * or no memory; `AIWORK_STORE_FAILED` when it cannot be read or written; `AIWORK_INVALID_ARGUMENT` when an option cannot be used
 * or the file's own tokenizer has to be passed. Mutations reject with `AIWORK_STORE_FAILED`, too, and say what became of them.
 * @since 0.1.0
 */
export async function openMemory(file: FilePath, options: OpenMemoryOptions = {}): Promise<LocalMemory> {
  const { signal, onProgress, ...memoryOptions } = options;
  settingsFrom(memoryOptions);
  checkSignal(signal);
  const path = await pathOf(file);
  const lock = lockFile(path);
  try {
    const what = `the memory ${JSON.stringify(path)}`;
    return await openLocked(path, { options: memoryOptions, what }, { lock, signal, onProgress });
  } catch (cause) {
    lock.release();
    throw AiworkError.isInstance(cause)
      ? cause
      : fileFailed('opening the memory', path, 'not-applied', cause);
  }
}

async function openLocked(
  path: string,
  by: LoadOptions,
  { lock, ...reading }: ReadOptions & { readonly lock: FileLock },
): Promise<LocalMemory> {
  await removeDrafts(path);
  const bytes = await contentOf(path, reading);
  const { parts, place } = bytes
    ? await partsIn(bytes, by, reading)
    : { parts: createParts(settingsFrom(by.options)), place: undefined };
  if (place === undefined) await writeFileAtomically(path, snapshotOf(parts), reading.signal);
  return memoryOf(parts, createFileKeeper(parts, await createMemoryFile(path, place), lock));
}

/** `undefined` when there is no such file. */
async function contentOf(path: string, reading: ReadOptions): Promise<Buffer | undefined> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(path);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
  try {
    return await readAll(handle, reading);
  } finally {
    await handle.close();
  }
}

/** Without a place where it cannot be written behind what there is. */
async function partsIn(
  bytes: Buffer,
  by: LoadOptions,
  { signal, onProgress }: ReadOptions,
): Promise<{ readonly parts: Parts; readonly place: FilePlace | undefined }> {
  const loaded = loadSnapshot(bytes, by);
  const { parts, isCurrent, mark, end, journal } = loaded;
  const total = journal.contents.length;
  function* replaying(): Steps {
    let told = 0;
    for (const done of replay(loaded, by)) {
      if (done > told) onProgress?.({ done, total, unit: 'items' });
      told = done;
      yield;
    }
  }
  await inTurns(replaying(), signal);
  const embedded = await embedMissing(parts, signal);
  const place = { mark, snapshotBytes: end, records: total, end: journal.end };
  return { parts, place: isCurrent && embedded === 0 ? place : undefined };
}
