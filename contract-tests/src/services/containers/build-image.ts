import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ContainerEngine } from './container-engine.ts';
import { removeStages } from './remove-stages.ts';
import { lastLines } from './run-command.ts';

/** The Dockerfiles, from the sources as from the package. */
const images = fileURLToPath(new URL('../../../images/', import.meta.url));

export function imageFolder(folder: string): string {
  return join(images, folder);
}

/** What an image is built from. */
export interface BuildSource {
  /** The folder in `images` with the Dockerfile. */
  readonly folder: string;
  /** Arguments of that Dockerfile: an image of its own for each set of them. */
  readonly buildArgs?: Readonly<Record<string, string>>;
}

/** The tag of what is built. It changes with the files and arguments, so a new one is never taken for an old one. */
export async function builtTag({ folder, buildArgs }: BuildSource): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await contextFiles(folder)) {
    hash.update(file).update('\0');
    hash.update(await readFile(join(images, folder, file))).update('\0');
  }
  if (buildArgs) hash.update(JSON.stringify(buildArgs));
  return `aiwork-${folder}:${hash.digest('hex').slice(0, 12)}`;
}

interface BuildStep {
  readonly stream?: string;
  readonly error?: string;
}

export async function buildImage(engine: ContainerEngine, source: BuildSource, base: string): Promise<void> {
  const { folder, buildArgs } = source;
  const { dockerode } = engine.client.container;
  const stream = await dockerode.buildImage(
    { context: imageFolder(folder), src: await contextFiles(folder) },
    { t: await builtTag(source), buildargs: { BASE: base, ...buildArgs }, forcerm: true },
  );
  const steps = await new Promise<readonly BuildStep[]>((resolve, reject) => {
    dockerode.modem.followProgress(stream, (error: Error | null, all: readonly BuildStep[]) => {
      if (error) reject(new Error(`${error.message}\n${said(all)}`));
      else resolve(all);
    });
  });
  const failed = steps.find(({ error }) => error);
  if (failed) throw new Error(`${failed.error}\n${said(steps)}`);
  await removeStages(dockerode, textOf(steps));
}

const said = (steps: readonly BuildStep[]) => lastLines(textOf(steps), 20);

function textOf(steps: readonly BuildStep[]): string {
  return (steps ?? []).map(({ stream }) => stream ?? '').join('');
}

async function contextFiles(folder: string): Promise<string[]> {
  const entries = await readdir(join(images, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(images, folder).length + 1))
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
}
