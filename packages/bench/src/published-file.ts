import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { env, pid } from 'node:process';

/** A file of a public repository, as it was at a commit. */
export interface PublishedFile {
  readonly repository: string;
  readonly commit: string;
  readonly path: string;
  readonly sha256: string;
}

const limitMs = 60_000;

/**
 * The text of a published file, fetched once and kept in the user's cache.
 *
 * @throws an error that says why, where it cannot be had, or is not what it was.
 */
export async function publishedText(file: PublishedFile): Promise<string> {
  const { repository, commit, path, sha256 } = file;
  const cache = join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'aiwork', 'published');
  const kept = join(cache, repository, commit, path);
  const known = await readFile(kept).catch(() => undefined);
  if (known && digestOf(known) === sha256) return known.toString('utf8');
  const bytes = await download(file);
  if (digestOf(bytes) !== sha256)
    throw new Error(`${path} of ${repository} is not what it was: its SHA-256 is ${digestOf(bytes)}`);
  await mkdir(dirname(kept), { recursive: true });
  await writeFile(`${kept}.${pid}`, bytes);
  await rename(`${kept}.${pid}`, kept);
  return bytes.toString('utf8');
}

async function download({ repository, commit, path }: PublishedFile): Promise<Buffer> {
  const url = `https://raw.githubusercontent.com/${repository}/${commit}/${path}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(limitMs) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
