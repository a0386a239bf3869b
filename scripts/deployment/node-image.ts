import { containerEngine } from '../../contract-tests/src/services/containers/container-engine.ts';
import type { Progress } from '../../contract-tests/src/services/containers/progress.ts';
import { hasImage, pullImage } from '../../contract-tests/src/services/containers/pull.ts';
import { localImage } from './local-image.ts';

/**
 * The image that the Dockerfile of a deployment begins with: as it says, or one that is made here where that cannot be
 * pulled.
 *
 * @throws ServiceUnavailable when there is no container engine.
 */
export async function nodeImage(dockerfile: string, progress: Progress): Promise<string> {
  const named = /^ARG NODE=(\S+)$/m.exec(dockerfile)?.[1];
  if (named === undefined) throw new Error('the Dockerfile does not say ARG NODE=IMAGE');
  const engine = await containerEngine(progress);
  if (await hasImage(engine, named)) return named;
  const reason = await pullImage(engine, named, progress);
  return reason === undefined ? named : localImage('node-image', progress);
}
