import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerEngine } from './container-engine.ts';
import type { Progress } from './progress.ts';
import { stateFolder } from './state-folder.ts';

export const dockerHub = 'docker.io';

const timeoutMs = 10 * 60_000;
const rememberedMs = 10 * 60_000;

/** Says something of the image, and nothing of the registry. */
const aboutImage = /not found|manifest unknown|denied|unauthorized|invalid reference/i;

interface Failure {
  readonly at: number;
  readonly reason: string;
}

/**
 * Pulls an image that is not here. Gives why it could not be pulled, or nothing. A registry that does not answer is not
 * asked again for a while, by any process.
 */
export async function pullImage(
  engine: ContainerEngine,
  image: string,
  progress: Progress,
): Promise<string | undefined> {
  const { ImageName } = engine.testcontainers;
  const name = ImageName.fromString(image);
  const registry = name.registry ?? dockerHub;
  const known = await recentFailure(registry);
  if (known) return known;
  progress(`pulling ${image} (once) …`);
  try {
    await inTime(engine.client.image.pull(name));
    return (await hasImage(engine, image)) ? undefined : 'the download broke off';
  } catch (error) {
    const reason = reasonOf(error);
    if (!aboutImage.test(reason)) await rememberFailure(registry, error);
    return reason;
  }
}

export async function hasImage(engine: ContainerEngine, image: string): Promise<boolean> {
  try {
    await engine.client.container.dockerode.getImage(image).inspect();
    return true;
  } catch (error) {
    if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) return false;
    throw error;
  }
}

/** Why something is not tried again at the moment; nothing when it may be. */
export async function recentFailure(of: string): Promise<string | undefined> {
  const failure = (await failures())[of];
  return failure && Date.now() - failure.at < rememberedMs ? failure.reason : undefined;
}

export async function rememberFailure(of: string, error: unknown): Promise<void> {
  const all = { ...(await failures()), [of]: { at: Date.now(), reason: reasonOf(error) } };
  await writeFile(await failuresFile(), JSON.stringify(all));
}

async function failures(): Promise<Readonly<Record<string, Failure>>> {
  try {
    return JSON.parse(await readFile(await failuresFile(), 'utf8'));
  } catch {
    return {}; // never written, or being written by another process
  }
}

async function failuresFile(): Promise<string> {
  return join(await stateFolder(), 'failed-pulls.json');
}

async function inTime(pull: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${timeoutMs / 60_000} minutes`)), timeoutMs);
  });
  try {
    await Promise.race([pull, late]);
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  const { json, message } = error as {
    readonly json?: { readonly message?: string };
    readonly message: string;
  };
  return json?.message ?? message;
}
