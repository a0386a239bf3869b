import { join } from 'node:path';
import { command, root } from '../../../../scripts/command.ts';

/** Builds `@aiwork/core` and packs it as it would be published. Gives the tarball. */
export async function packCore(folder: string): Promise<string> {
  const cwd = join(root, 'packages/core');
  const file = join(folder, 'aiwork-core.tgz');
  for (const args of [
    ['run', 'build'],
    ['pack', '--out', file],
  ]) {
    const { ok, output } = await command('pnpm', args, { cwd });
    if (!ok) throw new Error(`pnpm ${args.join(' ')} of @aiwork/core failed:\n${output}`);
  }
  return file;
}
