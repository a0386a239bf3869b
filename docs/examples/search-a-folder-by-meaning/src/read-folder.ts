import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Passage } from './passage.ts';
import { splitText } from './split-text.ts';

const isSkipped = (path: string) =>
  path.split(/[\\/]/).some((part) => part === 'node_modules' || part.startsWith('.'));

/** The passages of all Markdown and text files of a folder, by their paths. */
export async function readFolder(folder: string, signal: AbortSignal): Promise<readonly Passage[]> {
  const files = (await Array.fromAsync(glob('**/*.{md,txt}', { cwd: folder }))).filter(
    (file) => !isSkipped(file),
  );
  const passages: Passage[] = [];
  for (const file of files.sort()) {
    const text = await readFile(join(folder, file), { encoding: 'utf8', signal });
    passages.push(...splitText(file, text));
  }
  return passages;
}
