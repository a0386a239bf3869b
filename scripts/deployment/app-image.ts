import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { command, root } from '../command.ts';
import { npmProject } from '../npm-project.ts';
import type { Tarball } from '../tarballs.ts';
import { nodeImage } from './node-image.ts';

const ours = [
  '@aiwork/client',
  '@aiwork/core',
  '@aiwork/redis',
  '@aiwork/server',
  '@aiwork/telemetry',
  'aiwork',
];

export interface AppImage {
  readonly tag: string;
  /** A file of keys, and a key of it. */
  readonly keys: string;
  readonly key: string;
}

/** Builds the image of the project in `app`, with the packages as they would be published, by the Dockerfile of `deploy`. */
export async function appImage(tarballs: readonly Tarball[], folder: string, tag: string): Promise<AppImage> {
  const project = join(folder, 'served-app');
  await mkdir(join(project, 'packages'), { recursive: true });
  const packages = await Promise.all(
    tarballs
      .filter(({ name }) => ours.includes(name))
      .map(async ({ name, file }) => {
        await copyFile(file, join(project, 'packages', basename(file)));
        return { name, file: `./packages/${basename(file)}` };
      }),
  );
  await npmProject(project, [...packages, 'zod']);
  await copyFile(join(import.meta.dirname, 'app/flow.ts'), join(project, 'flow.ts'));
  await copyFile(join(root, 'deploy/.dockerignore'), join(project, '.dockerignore'));
  const dockerfile = await readFile(join(root, 'deploy/Dockerfile'), 'utf8');
  // Packages that no registry has are part of the project.
  const withPackages = dockerfile.replace(/^COPY package.json .*$/m, '$&\nCOPY packages packages');
  await writeFile(join(project, 'Dockerfile'), withPackages);
  const node = await nodeImage(dockerfile, (line) => console.log(`      ${line}`));
  const built = await command('docker', ['build', '--build-arg', `NODE=${node}`, '--tag', tag, project]);
  if (!built.ok) throw new Error(`docker build failed:\n${built.output}`);
  const keys = join(folder, 'served-keys');
  const aiwork = join(project, 'node_modules/.bin/aiwork');
  const made = await command(aiwork, ['keys', 'new', keys, 'gate', '--scope', '*:*', '--json'], {
    cwd: project,
  });
  if (!made.ok) throw new Error(made.output);
  return { tag, keys, key: JSON.parse(made.output.split('\n')[0] ?? '').key };
}
