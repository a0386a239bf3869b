import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { command, root } from './command.ts';

export interface Tarball {
  readonly name: string;
  readonly file: string;
}

/** Packs every package that is published, as `pnpm publish` would, into `folder`. */
export async function packTarballs(folder: string): Promise<readonly Tarball[]> {
  const tarballs: Tarball[] = [];
  for await (const manifest of glob(
    ['packages/*/package.json', 'plugins/*/package.json', 'contract-tests/package.json'],
    { cwd: root },
  )) {
    const { name, private: isPrivate } = JSON.parse(await readFile(join(root, manifest), 'utf8'));
    if (isPrivate) continue;
    const file = join(folder, `${name.replace('@', '').replace('/', '-')}.tgz`);
    const { ok, output } = await command('pnpm', ['pack', '--out', file], {
      cwd: join(root, dirname(manifest)),
    });
    if (!ok) throw new Error(`pnpm pack of ${name} failed:\n${output}`);
    tarballs.push({ name, file });
  }
  return tarballs;
}
