import { type FileHandle, open } from 'node:fs/promises';
import { AiworkError } from '@aiwork/core';
import { limitExceeded } from '../refusals.ts';
import { encodeRecord } from './journal.ts';
import { decodeOpening, openingBytes } from './opening.ts';
import { fileFailed, writeFileAtomically, writeFully } from './snapshot-file.ts';

/** Longer ones could not be read in one piece everywhere. */
const maxRecordBytes = 2 ** 30;

/** Where a file stands. */
export interface FilePlace {
  readonly mark: Uint8Array;
  readonly snapshotBytes: number;
  readonly records: number;
  /** Where the last whole record ends. */
  readonly end: number;
}

/** A snapshot and what happened since, in one file, whose only writer this is. It is used by one call at a time. */
export interface MemoryFile {
  readonly snapshotBytes: number;
  readonly journalBytes: number;
  /**
   * Adds a record; once it resolves, that is there whatever happens to this process or machine.
   *
   * @throws AiworkError `AIWORK_STORE_FAILED`, with what became of the record.
   */
  append(content: Uint8Array): Promise<void>;
  /** Writes another snapshot in the place of this one and of its records, in one step. */
  replace(snapshot: Generator<Uint8Array, Uint8Array>): Promise<void>;
  close(): Promise<void>;
}

/**
 * `place`: of what is in the file, which may have the beginning of another record behind it; left out where it has nothing
 * behind its snapshot.
 */
export async function createMemoryFile(path: string, place: FilePlace | undefined): Promise<MemoryFile> {
  let handle = await open(path, 'r+');
  let { mark, snapshotBytes, records, end } = await startingAt(handle, path, place);
  /** Why the file cannot be trusted until it is opened again. */
  let broken: unknown;

  function checkSound(): void {
    if (broken === undefined) return;
    throw fileFailed('writing to', path, 'not-applied', new Error('an earlier write failed: open it again'));
  }

  /** Takes back what may have been written of a record. */
  async function undo(cause: unknown): Promise<never> {
    try {
      await handle.truncate(end);
    } catch {
      broken = cause;
    }
    throw fileFailed('writing to', path, broken === undefined ? 'not-applied' : 'unknown', cause);
  }

  async function write(record: Uint8Array): Promise<void> {
    await writeFully(handle, record, end).catch(undo);
    await handle.datasync().catch((cause: unknown) => {
      // Whether it is on the disk is not known, and asking again would not tell.
      broken = cause;
      throw fileFailed('writing to', path, 'unknown', cause);
    });
  }

  async function reopen(): Promise<void> {
    const opened = await open(path, 'r+');
    await handle.close();
    handle = opened;
    ({ mark, end } = await placeOf(opened, path));
    snapshotBytes = end;
    records = 0;
  }

  return {
    get snapshotBytes() {
      return snapshotBytes;
    },
    get journalBytes() {
      return end - snapshotBytes;
    },
    async append(content) {
      checkSound();
      if (content.length > maxRecordBytes)
        throw limitExceeded(
          `the batch has ${content.length} bytes, more than ${maxRecordBytes}: give several smaller ones`,
        );
      const record = encodeRecord(content, { mark, number: records + 1 });
      await write(record);
      end += record.length;
      records += 1;
    },
    async replace(snapshot) {
      checkSound();
      try {
        await writeFileAtomically(path, snapshot, undefined);
      } catch (cause) {
        // Renamed, perhaps not for good: what is written to either of them from now on may be lost with the machine.
        if (AiworkError.isInstance(cause) && cause.outcome === 'unknown') broken = cause;
        throw cause;
      }
      await reopen().catch((cause: unknown) => {
        broken = cause;
        throw fileFailed('opening', path, 'unknown', cause);
      });
    },
    close: () => handle.close(),
  };
}

async function startingAt(
  handle: FileHandle,
  path: string,
  place: FilePlace | undefined,
): Promise<FilePlace> {
  try {
    const known = place ?? (await placeOf(handle, path));
    if ((await handle.stat()).size > known.end) await handle.truncate(known.end);
    return known;
  } catch (cause) {
    await handle.close();
    throw cause;
  }
}

/** Of a file that has a snapshot and nothing behind it. */
async function placeOf(handle: FileHandle, path: string): Promise<FilePlace> {
  const bytes = Buffer.alloc(openingBytes);
  await handle.read(bytes, 0, openingBytes, 0);
  const { size } = await handle.stat();
  const { mark, directoryAt, directoryBytes } = decodeOpening(bytes, path, size);
  const end = directoryAt + directoryBytes;
  if (end !== size) throw new Error('somebody else wrote to it');
  return { mark, snapshotBytes: end, records: 0, end };
}
