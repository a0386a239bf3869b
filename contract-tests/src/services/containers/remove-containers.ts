import type { ContainerRuntimeClient } from 'testcontainers';
import { isOver, ownerLabel } from './owner.ts';

type Engine = ContainerRuntimeClient['container']['dockerode'];

/** Removes what processes left behind that could not clean up: killed, or on a machine that went down. */
export async function sweepContainers(engine: Engine): Promise<void> {
  for (const { Id, Labels } of await labelled(engine, ownerLabel)) {
    if (await isOver(Labels[ownerLabel] ?? '')) await removeContainer(engine, Id);
  }
}

/** Removes every container that has this label, running or not, with its anonymous volumes. */
export async function removeLabelled(engine: Engine, label: string): Promise<void> {
  const containers = await labelled(engine, label);
  await Promise.all(containers.map(({ Id }) => removeContainer(engine, Id)));
}

export async function removeContainer(engine: Engine, idOrName: string): Promise<void> {
  try {
    await engine.getContainer(idOrName).remove({ force: true, v: true });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function labelled(engine: Engine, label: string) {
  return engine.listContainers({ all: true, filters: { label: [label] } });
}

/** Not found, or somebody else is removing it. */
export function isGone(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && [404, 409].includes(Number(error.statusCode));
}
