import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ContractId, contracts } from './contracts.ts';
import { exportName } from './plugin-name.ts';

const template = fileURLToPath(new URL('../template/', import.meta.url));

/** npm leaves a `.gitignore` out of packages. */
const renamed = new Map([['gitignore', '.gitignore']]);

/** The files of a plugin, text by path, made from those all plugins share and those of its contract. */
export async function templateFiles(
  name: string,
  contract: ContractId,
): Promise<ReadonlyMap<string, string>> {
  const { adapter } = contracts[contract];
  const words = {
    'my-plugin': name,
    myPlugin: exportName(name),
    'the-contract': contract,
    TheAdapter: adapter,
  };
  const word = new RegExp(`\\b(${Object.keys(words).join('|')})\\b`, 'g');
  const files = new Map<string, string>();
  for (const folder of ['common', contract]) {
    for (const path of await filesIn(join(template, folder))) {
      const text = await readFile(join(template, folder, path), 'utf8');
      const filled = text.replace(word, (each) => words[each as keyof typeof words]);
      files.set(renamed.get(path) ?? path, filled);
    }
  }
  return files;
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
