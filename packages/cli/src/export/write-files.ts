import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { ExportedFile } from '@aiwork/core';
import { UsageError } from '../usage-error.ts';
import { writeAtomically } from '../write-atomically.ts';

/** A file as it is to be, and whether it is that already. */
export interface FileState {
  /** With the folder, as the user named that. */
  readonly path: string;
  readonly content: string;
  readonly state: 'same' | 'different' | 'missing';
}

/**
 * Compares files with what there is in a folder.
 *
 * @throws `AIWORK_USAGE` when one of them would not be inside it.
 */
export async function compareFiles(
  files: readonly ExportedFile[],
  folder: string,
): Promise<readonly FileState[]> {
  const seen = new Set<string>();
  const compared: FileState[] = [];
  for (const { path, content } of files) {
    if (!isPlain(path) || seen.has(path)) {
      throw new UsageError(`the exporter gave a file that cannot be written, ${JSON.stringify(path)}`, {
        hint: 'paths are relative, with forward slashes, inside the folder, and each is given once',
      });
    }
    seen.add(path);
    const file = join(folder, path);
    await requireInside(file, folder);
    const there = await readFile(file, 'utf8').catch(missing);
    const state = there === undefined ? 'missing' : there === content ? 'same' : 'different';
    compared.push({ path: file, content, state });
  }
  return compared;
}

/** Writes those that are not as they have to be. */
export async function writeFiles(files: readonly FileState[]): Promise<void> {
  for (const { path, content, state } of files) {
    if (state !== 'same') await writeAtomically(path, content);
  }
}

function isPlain(path: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\\:]/.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** A link in the folder may lead out of it. */
async function requireInside(file: string, folder: string): Promise<void> {
  const root = await existing(resolve(folder));
  const parent = await existing(resolve(dirname(file)));
  if (parent === root || parent.startsWith(root.endsWith(sep) ? root : root + sep)) return;
  throw new UsageError(`${file} would be written outside ${folder}: a link in there leads to ${parent}`);
}

/** Where a path really is, or the nearest folder above it that is there. */
async function existing(path: string): Promise<string> {
  const real = await realpath(path).catch(missing);
  if (real !== undefined) return real;
  const above = dirname(path);
  return above === path ? path : existing(above);
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
