import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CallOptions } from '@aiwork/core';
import { unreadable } from '../model-error.ts';
import { fileDigest } from './file-digest.ts';

/** A file to fetch, and what it must be. */
export interface DownloadFile {
  readonly url: string;
  readonly path: string;
  readonly bytes: number;
  readonly sha256?: string;
}

/** Asks for an address, with these headers besides its own; a range beyond the end is answered with 416. */
type Ask = (url: string, headers: Readonly<Record<string, string>>) => Promise<Response>;

/** Fetches a file unless it is there. What came before it broke off is kept beside it, and is where the next time goes on. */
export async function downloadFile(
  file: DownloadFile,
  ask: Ask,
  options: CallOptions & { readonly onBytes: (bytes: number) => void },
): Promise<void> {
  if ((await sizeOf(file.path)) === file.bytes) return;
  await mkdir(dirname(file.path), { recursive: true });
  const part = `${file.path}.part`;
  await append(file, part, ask, options);
  const digest = file.sha256 === undefined ? undefined : await fileDigest(part);
  if ((await sizeOf(part)) === file.bytes && digest === file.sha256) {
    await rename(part, file.path);
    return;
  }
  await rm(part, { force: true });
  throw unreadable(`${file.url} is not what the hub says it is; what came was thrown away`);
}

async function append(
  { url, bytes }: DownloadFile,
  part: string,
  ask: Ask,
  { signal, onBytes }: Parameters<typeof downloadFile>[2],
): Promise<void> {
  const kept = (await sizeOf(part)) ?? 0;
  if (kept === bytes && bytes > 0) return;
  const response = await ask(url, kept > 0 ? { range: `bytes=${kept}-` } : {});
  // A server that knows no ranges gives all of it again.
  const goesOn = kept > 0 && response.status === 206;
  await using into: FileHandle = await open(part, goesOn ? 'a' : 'w');
  let done = goesOn ? kept : 0;
  for await (const chunk of response.body ?? []) {
    signal?.throwIfAborted();
    await into.writeFile(chunk);
    done += chunk.byteLength;
    onBytes(done);
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}
