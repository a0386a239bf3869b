import type { ContainerRuntimeClient } from 'testcontainers';
import { isGone } from './remove-containers.ts';

type Engine = Pick<ContainerRuntimeClient['container']['dockerode'], 'listImages' | 'getImage'>;

/** What the Dockerfiles of this package label a stage with that is only copied from. */
const stageLabel = 'dev.aiwork.stage=true';
/** What a stage ended with is told of right before the next one begins. */
const endOfStage = /---> ([0-9a-f]{12,64})\s+Step \d+\/\d+ : FROM /g;

/**
 * Removes the images that one build has made of its stages, by what the build said. To prune all that have the label would
 * take them from another process that is about to copy from its own.
 */
export async function removeStages(engine: Engine, said: string): Promise<void> {
  const own = Array.from(said.matchAll(endOfStage), ([, id = '']) => `sha256:${id}`);
  if (own.length === 0) return;
  const stages = await engine.listImages({ filters: { dangling: ['true'], label: [stageLabel] } });
  for (const { Id } of stages) {
    if (!own.some((id) => Id.startsWith(id))) continue;
    try {
      await engine.getImage(Id).remove();
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}
