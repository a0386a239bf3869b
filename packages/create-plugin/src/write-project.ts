import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UsageError } from './usage-error.ts';

/**
 * Writes a project to `folder`, all of it or nothing.
 *
 * @throws UsageError when something is there already.
 */
export async function writeProject(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const isThere = await isEmptyFolder(folder);
  // A folder that is there stays the same one: somebody's shell may be in it.
  const staging = join(isThere ? folder : dirname(folder), `.create-plugin-${randomUUID()}`);
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(staging, path)), { recursive: true });
      await writeFile(join(staging, path), text);
    }
    if (!isThere) return await rename(staging, folder);
    for (const name of await readdir(staging)) await rename(join(staging, name), join(folder, name));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function isEmptyFolder(folder: string): Promise<boolean> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    if (code === 'ENOTDIR')
      throw new UsageError(`${folder} is a file, or inside one: give another folder with --folder`);
    throw error;
  }
  if (names.length === 0) return true;
  const some = names.length > 3 ? `${names.slice(0, 3).join(', ')} …` : names.join(', ');
  throw new UsageError(`${folder} is not empty (${some}): give a new folder with --folder`);
}
