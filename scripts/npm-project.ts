import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from './command.ts';
import type { Tarball } from './tarballs.ts';

/** Makes an empty project in `folder` and installs `packages` there with plain npm, as a user would. */
export async function npmProject(folder: string, packages: readonly (Tarball | string)[]): Promise<string> {
  await mkdir(folder, { recursive: true });
  const manifest = { name: 'consumer', version: '1.0.0', private: true, type: 'module' };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  const specs = packages.map((each) => (typeof each === 'string' ? each : each.file));
  const { ok, output } = await command('npm', ['install', '--no-audit', '--no-fund', ...specs], {
    cwd: folder,
    tools: 'machine',
    // Its install script fetches libraries for CUDA, which nothing here uses.
    env: { ONNXRUNTIME_NODE_INSTALL: 'skip' },
  });
  if (!ok) throw new Error(`npm install failed:\n${output}`);
  return folder;
}
