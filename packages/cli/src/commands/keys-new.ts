import { appendFile, readFile } from 'node:fs/promises';
import process from 'node:process';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { known, readKeys } from '../serve/key-file.ts';
import { serverPackage } from '../serve/server-package.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { toJson } from '../to-json.ts';
import { UsageError } from '../usage-error.ts';
import { unwritable } from '../write-out-file.ts';

export interface KeysNewOptions {
  readonly scope: readonly string[];
  readonly json?: boolean;
}

/** `aiwork keys new`: makes a key, shows it once, and keeps its hash in a file. */
export async function keysNew(file: string, id: string, { scope, json }: KeysNewOptions): Promise<ExitCode> {
  const { apiKeys, newApiKey } = await serverPackage();
  const text = await textOf(file);
  const before = text === undefined ? [] : await readKeys(file);
  const { key, hash } = newApiKey();
  const added = { id, scopes: scope, hash };
  known(file, () => apiKeys([...before, added]));
  const gap = text === undefined || text === '' || text.endsWith('\n') ? '' : '\n';
  // One write that goes on at the end: who else adds a key meanwhile loses none.
  await appendFile(file, `${gap}${toJson(added)}\n`).catch((error: unknown) => {
    throw unwritable(file, error);
  });
  writeOut(`${json ? toJson({ ...added, key }) : key}\n`);
  process.stderr.write(
    `This key of ${id} is shown only now. ${file} has its hash; the key cannot be found from it.\n`,
  );
  return exitCode.ok;
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new UsageError(`cannot read the keys in ${file}: ${code}`);
  }
}
