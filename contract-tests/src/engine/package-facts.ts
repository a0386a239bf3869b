import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A package as it lies on the disk. @since 0.1.0 */
export interface PackageFacts {
  readonly name: string;
  readonly version: string;
  /** The git commit of the package's sources; absent where they are not as in that commit. */
  readonly commit?: string;
}

let kit: Promise<PackageFacts> | undefined;

/** What the kit itself is. */
export function readKit(): Promise<PackageFacts> {
  kit ??= readPackage(new URL('../../package.json', import.meta.url));
  return kit;
}

/** @throws Error when the file is not there, or has no name and version. */
export async function readPackage(manifest: URL): Promise<PackageFacts> {
  const { name, version } = JSON.parse(await readFile(manifest, 'utf8'));
  if (typeof name !== 'string' || typeof version !== 'string') {
    throw new Error(`${fileURLToPath(manifest)} names no package: it needs a name and a version`);
  }
  const commit = await commitOf(manifest);
  return { name, version, ...(commit !== undefined && { commit }) };
}

const git = promisify(execFile);

async function commitOf(manifest: URL): Promise<string | undefined> {
  const file = fileURLToPath(manifest);
  const options = { cwd: dirname(file), timeout: 5000 };
  try {
    // An installed package lies in a repository that knows nothing of it.
    await git('git', ['ls-files', '--error-unmatch', '--', file], options);
    const { stdout: changes } = await git('git', ['status', '--porcelain', '--', '.'], options);
    if (changes !== '') return undefined;
    const { stdout } = await git('git', ['rev-parse', 'HEAD'], options);
    return stdout.trim();
  } catch {
    return undefined;
  }
}
