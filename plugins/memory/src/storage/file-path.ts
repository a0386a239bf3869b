import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A path, or a `file:` URL. @since 0.1.0 */
export type FilePath = string | URL;

/** The one of a file's names that goes by no link, wherever the process goes. */
export async function pathOf(file: FilePath): Promise<string> {
  const path = typeof file === 'string' ? file : fileURLToPath(file);
  return realpath(path).catch(() => resolve(path));
}
