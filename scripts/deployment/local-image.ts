import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { obtainBase } from '../../contract-tests/src/services/containers/base-image.ts';
import { containerEngine } from '../../contract-tests/src/services/containers/container-engine.ts';
import { withProcessLock } from '../../contract-tests/src/services/containers/process-lock.ts';
import type { Progress } from '../../contract-tests/src/services/containers/progress.ts';
import { hasImage } from '../../contract-tests/src/services/containers/pull.ts';
import { command } from '../command.ts';

/**
 * The image of a Dockerfile beside this file, built once on what the kit builds its services on.
 *
 * @throws ServiceUnavailable when there is no container engine.
 */
export async function localImage(name: string, progress: Progress): Promise<string> {
  const engine = await containerEngine(progress);
  const folder = join(import.meta.dirname, name);
  const hash = createHash('sha256').update(await readFile(join(folder, 'Dockerfile')));
  const tag = `aiwork-${name}:${hash.digest('hex').slice(0, 12)}`;
  return withProcessLock(`image-${name}`, async () => {
    if (await hasImage(engine, tag)) return tag;
    progress(`building ${tag} (once) …`);
    const base = await obtainBase(engine, progress);
    const { ok, output } = await command('docker', [
      ...['build', '--build-arg', `BASE=${base}`, '--tag', tag, folder],
    ]);
    if (!ok) throw new Error(`building ${tag} failed:\n${output}`);
    return tag;
  });
}
