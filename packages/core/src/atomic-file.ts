import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Writes a whole file so that a reader sees the old content or the new one, never a part, even after a crash. */
export async function writeFileAtomically(file: string, content: string): Promise<void> {
  const target = resolve(file);
  const draft = `${target}.${randomUUID()}.tmp`;
  await mkdir(dirname(target), { recursive: true });
  try {
    await writeFile(draft, content, { flush: true });
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
