import { glob, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../../../../scripts/command.ts';

/** A package in a project of its own, installed as a user would. */
export interface Installed {
  readonly folder: string;
  readonly version: string;
  /** All files under `node_modules`. */
  readonly bytes: number;
  /** The package and everything that came with it. */
  readonly packages: number;
}

/** Packages that do not install in this time are left out. */
const limitMs = 180_000;

/** Installs `specs` by npm, without running their scripts, in an empty project in `folder`. `name` is what is looked at. */
export async function install(folder: string, name: string, specs: readonly string[]): Promise<Installed> {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'consumer', version: '1.0.0', private: true, type: 'module' }),
  );
  const { ok, output } = await command(
    'npm',
    [
      'install',
      '--ignore-scripts',
      '--install-links',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      ...specs,
    ],
    { cwd: folder, timeoutMs: limitMs },
  );
  if (!ok) throw new Error(`npm install ${specs.join(' ')} failed: ${output.trim()}`);
  const modules = join(folder, 'node_modules');
  const { version } = JSON.parse(await readFile(join(modules, name, 'package.json'), 'utf8'));
  const lock = JSON.parse(await readFile(join(modules, '.package-lock.json'), 'utf8'));
  return { folder, version, bytes: await sizeOf(modules), packages: Object.keys(lock.packages).length };
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for await (const entry of glob('**/*', { cwd: folder, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}
