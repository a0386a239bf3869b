import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aptInstall, isRootOnDebian } from './apt.ts';
import { builtTag, imageFolder } from './build-image.ts';
import type { ContainerEngine } from './container-engine.ts';
import { withProcessLock } from './process-lock.ts';
import type { Progress } from './progress.ts';
import { hasImage, pullImage } from './pull.ts';
import { runCommand } from './run-command.ts';

const publicBase = 'debian:bookworm-slim';
const timeoutMs = 10 * 60_000;

/** What service images are built on: Debian's image, or one made from the packages of this machine's own system. */
export async function obtainBase(engine: ContainerEngine, progress: Progress): Promise<string> {
  if (await hasImage(engine, publicBase)) return publicBase;
  const made = await builtTag({ folder: 'base' });
  return withProcessLock('image-base', async () => {
    if (await hasImage(engine, made)) return made;
    const reason = await pullImage(engine, publicBase, progress);
    if (!reason) return publicBase;
    if (!isRootOnDebian()) {
      throw new Error(
        `${publicBase} cannot be pulled (${reason}), and one is made only by root on Debian or Ubuntu`,
      );
    }
    progress(`${publicBase} cannot be pulled: making a base image from this system's packages (once) …`);
    await makeBase(engine, made);
    return made;
  });
}

async function makeBase(engine: ContainerEngine, tag: string): Promise<void> {
  await aptInstall('mmdebstrap');
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-base-'));
  try {
    const archive = join(folder, 'base.tar');
    await runCommand('sh', [join(imageFolder('base'), 'make-base.sh'), archive], { timeoutMs });
    await importImage(engine, archive, tag);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function importImage(engine: ContainerEngine, archive: string, tag: string): Promise<void> {
  const { dockerode } = engine.client.container;
  const [repo, version] = tag.split(':');
  const stream = await dockerode.importImage(createReadStream(archive), { repo, tag: version });
  await new Promise<void>((resolve, reject) => {
    dockerode.modem.followProgress(stream, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}
