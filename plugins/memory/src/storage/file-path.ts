import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { invalidArgument, shown } from '@aiwork/core/adapter-kit';

/** A path, or a `file:` URL. @since 0.1.0 */
export type FilePath = string | URL;

/** The one of a file's names that goes by no link, wherever the process goes. */
export async function pathOf(file: FilePath): Promise<string> {
  if (!isFilePath(file)) throw invalidArgument(`file is ${shown(file)}: use a path or a \`file:\` URL`);
  const path = typeof file === 'string' ? file : fileURLToPath(file);
  return realpath(path).catch(() => resolve(path));
}

function isFilePath(file: unknown): file is FilePath {
  return file instanceof URL ? file.protocol === 'file:' : typeof file === 'string' && file !== '';
}
