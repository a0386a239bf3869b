import { type FileHandle, open } from 'node:fs/promises';
import { unreadable } from '../model-error.ts';

/** A file of which parts are read: one that is in memory, or one that is not. */
export interface FileParts extends AsyncDisposable {
  readonly size: number;
  /** Rejects with a `RangeError` what is not in the file, before there is memory for it. */
  read(start: number, length: number): Promise<Uint8Array>;
  /** The same piece by piece: each is there until the next is asked for. */
  pieces(start: number, length: number): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** A file that is open. */
export interface OpenFile {
  readonly parts: FileParts;
  /** Names it in messages. */
  readonly path: string;
  /** Gives up reading it. */
  readonly signal: AbortSignal | undefined;
}

/** So much of a file is looked at in one turn of the event loop: less than a millisecond's. */
const pieceBytes = 2 ** 20;

/** What a file says of itself lies between its data: so much is read at once of what comes next. */
const aheadBytes = 2 ** 15;

function checkInside(start: number, length: number, size: number): void {
  if (start >= 0 && length >= 0 && start + length <= size) return;
  throw new RangeError(`${length} bytes at ${start} are not in ${size}`);
}

/** Parts of what is in memory, which are not copied. */
export function partsOfBytes(bytes: Uint8Array): FileParts {
  const size = bytes.byteLength;
  return {
    size,
    async read(start, length) {
      checkInside(start, length, size);
      return bytes.subarray(start, start + length);
    },
    *pieces(start, length) {
      checkInside(start, length, size);
      const end = start + length;
      for (let at = start; at < end; at += pieceBytes)
        yield bytes.subarray(at, Math.min(end, at + pieceBytes));
    },
    async [Symbol.asyncDispose]() {},
  };
}

/**
 * Parts of a file, which stays open.
 *
 * @throws `AIWORK_MODEL_UNREADABLE` when it is not there; so do its parts that cannot be read.
 */
export async function partsOfFile(path: string, signal: AbortSignal | undefined): Promise<FileParts> {
  const told = async <T>(work: () => Promise<T>): Promise<T> => {
    signal?.throwIfAborted();
    return work().catch((error: unknown) => {
      throw unreadable(`${path} cannot be read: ${String(error)}`, error);
    });
  };
  const file = await told(() => open(path));
  const { size } = await told(() => file.stat()).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  /** Memory for pieces, while nobody reads any: a collector would come much later than the next of many parts. */
  let spare: Uint8Array | undefined;
  let ahead = { start: 0, bytes: new Uint8Array(0) };

  async function read(start: number, length: number): Promise<Uint8Array> {
    checkInside(start, length, size);
    const isThere = start >= ahead.start && start + length <= ahead.start + ahead.bytes.byteLength;
    if (!isThere) {
      const bytes = new Uint8Array(Math.min(size - start, Math.max(length, aheadBytes)));
      await told(() => fill(file, bytes, start));
      ahead = { start, bytes };
    }
    return ahead.bytes.subarray(start - ahead.start, start - ahead.start + length);
  }

  async function* pieces(start: number, length: number): AsyncGenerator<Uint8Array> {
    checkInside(start, length, size);
    const memory = spare ?? new Uint8Array(Math.min(size, pieceBytes));
    spare = undefined;
    try {
      const end = start + length;
      for (let at = start; at < end; at += memory.byteLength) {
        const piece = memory.subarray(0, end - at);
        await told(() => fill(file, piece, at));
        yield piece;
      }
    } finally {
      spare = memory;
    }
  }

  return { size, read, pieces, [Symbol.asyncDispose]: () => file.close() };
}

async function fill(file: FileHandle, bytes: Uint8Array, start: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.byteLength - done, start + done);
    if (bytesRead === 0) throw new Error(`it ended after ${start + done} bytes while it was read`);
    done += bytesRead;
  }
}
