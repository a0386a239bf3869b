import { ServiceUnavailable } from '../../engine/service.ts';
import { obtainBase } from './base-image.ts';
import { type BuildSource, buildImage, builtTag } from './build-image.ts';
import type { ContainerEngine } from './container-engine.ts';
import { withProcessLock } from './process-lock.ts';
import type { Progress } from './progress.ts';
import { hasImage, pullImage } from './pull.ts';

/** Where the image of a service comes from. */
export interface ImageSource extends BuildSource {
  /** The service in words. */
  readonly label: string;
  /** The public one, pulled where it can be; without, it is always built. */
  readonly image?: string;
  /** The variable of the environment that names another image: that one is used, or none. */
  readonly variable: string;
}

/**
 * An image that is here: the public one, pulled when it has to be; where there is none or it cannot be pulled, one that is
 * built here and kept for the next runs.
 *
 * @throws ServiceUnavailable when neither can be had.
 */
export async function obtainImage(
  engine: ContainerEngine,
  source: ImageSource,
  progress: Progress,
): Promise<string> {
  const chosen = process.env[source.variable] || undefined;
  const image = chosen ?? source.image;
  if (image && (await hasImage(engine, image))) return image;
  const built = await builtTag(source);
  if (!chosen && (await hasImage(engine, built))) return built;
  return withProcessLock(`image-${source.folder}`, async () => {
    let unpulled = '';
    if (image) {
      if (await hasImage(engine, image)) return image;
      const reason = await pullImage(engine, image, progress);
      if (!reason) return image;
      unpulled = `${image} cannot be pulled (${reason}), `;
      if (chosen) throw new ServiceUnavailable(`${source.variable}=${image} cannot be pulled: ${reason}`);
    }
    if (await hasImage(engine, built)) return built;
    try {
      const base = await obtainBase(engine, progress);
      progress(`${image ? `${image} cannot be pulled: ` : ''}building the ${source.label} image (once) …`);
      await buildImage(engine, source, base);
      return built;
    } catch (error) {
      throw new ServiceUnavailable(
        `${unpulled}building the ${source.label} image failed: ${error instanceof Error ? error.message : error}`,
        { cause: error },
      );
    }
  });
}
