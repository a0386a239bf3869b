import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { AiworkError } from '@aiwork/core';
import { z } from 'zod';
import { unreadable } from '../model-error.ts';
import { type DownloadFile, downloadFile } from './download-file.ts';
import type { OpenSource, SourceOptions } from './model-source.ts';

const revisionShape = z.looseObject({
  sha: z.string().regex(/^[0-9a-f]{7,64}$/),
  siblings: z.array(
    z.looseObject({
      rfilename: z.string(),
      size: z.int().nonnegative(),
      lfs: z.looseObject({ sha256: z.string() }).nullish(),
    }),
  ),
});

/** What a model is made of. Other files of a repository are the same in other formats. */
const wanted =
  /^((config|modules|sentence_bert_config|config_sentence_transformers|tokenizer|model\.safetensors\.index)\.json|[\w.-]+\/config\.json|model(-\d+-of-\d+)?\.safetensors)$/;

/**
 * Fetches a repository, or of `OWNER/NAME@REVISION` that revision, into the cache of the user. What was fetched stays
 * there: the next time only what is missing is asked for, and a file that broke off goes on where it did.
 *
 * @throws `AIWORK_HUB_UNAVAILABLE`, retryable, if the hub cannot be reached or does not have it.
 */
export async function fetchRepository(from: string, options: SourceOptions): Promise<OpenSource> {
  const { endpoint = env['HF_ENDPOINT'] ?? 'https://huggingface.co', signal, onProgress } = options;
  const [id = '', revision = 'main'] = from.split('@');
  const hub = endpoint.replace(/\/+$/, '');
  const headers: Readonly<Record<string, string>> = env['HF_TOKEN']
    ? { authorization: `Bearer ${env['HF_TOKEN']}` }
    : {};
  const about = `${hub}/api/models/${id}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const response = await reach(about, { headers, ...(signal && { signal }) });
  const parsed = revisionShape.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) {
    throw unreadable(`${about} answers what is not understood: ${z.prettifyError(parsed.error)}`);
  }
  const { sha, siblings } = parsed.data;
  const files = siblings.filter(({ rfilename }) => wanted.test(rfilename) && !rfilename.includes('..'));
  const folder = join(cacheFolder(), id.replace('/', '--'), sha);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let before = 0;
  for (const { rfilename: name, size, lfs } of files) {
    const file: DownloadFile = {
      url: `${hub}/${id}/resolve/${sha}/${name}`,
      path: join(folder, name),
      bytes: size,
      ...(lfs && { sha256: lfs.sha256 }),
    };
    const begun = before;
    await downloadFile(
      file,
      (url, more) => reach(url, { headers: { ...headers, ...more }, ...(signal && { signal }) }),
      {
        onBytes: (bytes) =>
          onProgress?.({ done: begun + bytes, total, unit: 'bytes', label: `fetching ${name}` }),
        ...(signal && { signal }),
      },
    );
    before += size;
  }
  return { folder, name: `${id}@${sha}`, [Symbol.asyncDispose]: async () => {} };
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw unavailable(`${url} cannot be reached`, cause);
  }
  if (response.ok || response.status === 416) return response;
  await response.body?.cancel();
  throw unavailable(`${url} answers ${response.status}`);
}

function unavailable(message: string, cause?: unknown): AiworkError {
  return new AiworkError('AIWORK_HUB_UNAVAILABLE', message, { retryable: true, cause });
}

function cacheFolder(): string {
  const base = env['XDG_CACHE_HOME'] ?? env['LOCALAPPDATA'] ?? join(homedir(), '.cache');
  return join(base, 'aiwork', 'models');
}
