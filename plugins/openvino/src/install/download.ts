import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import type { Progress } from '@aiwork/core';
import { downloadFailed } from './download-failed.ts';
import type { PackageIndex } from './pip-settings.ts';
import { type Answer, request } from './request.ts';

/** A file to fetch. */
export interface Download {
  readonly url: string;
  readonly sha256: string;
  readonly sizeBytes?: number;
}

export interface DownloadOptions {
  readonly index: PackageIndex;
  readonly label: string;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** More than any wheel of OpenVINO has ever had. */
const maxBytes = 2 ** 30;

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

/** Appends what comes, or begins anew where the server does not go on from where the file ends. */
async function append(
  file: string,
  answer: Answer,
  had: number,
  options: DownloadOptions & Download,
): Promise<void> {
  const goesOn = answer.status === 206;
  const rest = Number(answer.headers.get('content-length') ?? Number.NaN);
  let done = goesOn ? had : 0;
  const total = options.sizeBytes ?? (Number.isFinite(rest) ? done + rest : undefined);
  const { label } = options;
  const output = await open(file, goesOn ? 'a' : 'w');
  try {
    for await (const chunk of answer.chunks()) {
      done += chunk.byteLength;
      if (done > Math.min(maxBytes, options.sizeBytes ?? maxBytes)) {
        throw downloadFailed(`${options.url} has more bytes than it should`);
      }
      await output.appendFile(chunk);
      options.onProgress?.({ done, ...(total !== undefined && { total }), unit: 'bytes', label });
    }
  } finally {
    await output.close();
  }
}

/**
 * Fetches a file to `file`. What an earlier call left there is gone on from; what has another checksum in the end is
 * deleted.
 *
 * @throws `AIWORK_DOWNLOAD_FAILED`, `AIWORK_CANCELLED`.
 */
export async function download(wanted: Download, file: string, options: DownloadOptions): Promise<void> {
  const had = await sizeOf(file);
  if (had === 0 || (await sha256Of(file)) !== wanted.sha256) {
    const headers = had > 0 ? { range: `bytes=${had}-` } : {};
    await using answer = await request(wanted.url, { ...options, headers });
    if (answer.status === 200 || answer.status === 206) {
      await append(file, answer, had, { ...options, ...wanted });
    } else if (answer.status !== 416) {
      throw downloadFailed(`${wanted.url} cannot be fetched: the server answers ${answer.status}`, {
        retryable: answer.status >= 500 || answer.status === 429,
      });
    }
  }
  const sha256 = await sha256Of(file);
  if (sha256 === wanted.sha256) return;
  await rm(file, { force: true });
  throw downloadFailed(
    `${wanted.url} has the checksum ${sha256} instead of ${wanted.sha256}, so it was thrown away: try again, and if it stays so, ask whoever runs the package index`,
    { retryable: true },
  );
}
