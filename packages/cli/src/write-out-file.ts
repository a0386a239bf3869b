import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { reasonOf } from './reason-of.ts';
import { UsageError } from './usage-error.ts';

/**
 * Writes a file that the user named, and the folders it is in.
 *
 * @throws `AIWORK_USAGE` when that cannot be done.
 */
export async function writeOutFile(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** What is said when a file that the user named, or its folder, cannot be made. */
export function unwritable(file: string, error: unknown): UsageError {
  return new UsageError(`cannot write ${file}: ${reasonOf(error)}`, {
    hint: 'name a file in a folder of yours',
  });
}
