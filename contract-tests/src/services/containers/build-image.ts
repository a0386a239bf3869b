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

/** The tag of what a folder is built to. It changes with the files, so a new one is never taken for an old one. */
export async function builtTag(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await contextFiles(folder)) {
    hash.update(file).update('\0');
    hash.update(await readFile(join(images, folder, file))).update('\0');
  }
  return `aiwork-${folder}:${hash.digest('hex').slice(0, 12)}`;
}

interface BuildStep {
  readonly stream?: string;
  readonly error?: string;
}

export async function buildImage(engine: ContainerEngine, folder: string, base: string): Promise<void> {
  const { dockerode } = engine.client.container;
  const stream = await dockerode.buildImage(
    { context: imageFolder(folder), src: await contextFiles(folder) },
    { t: await builtTag(folder), buildargs: { BASE: base }, forcerm: true },
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
