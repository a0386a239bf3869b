import { randomUUID } from 'node:crypto';
import type { StartedTestContainer } from 'testcontainers';
import type { Address } from '../../engine/address.ts';
import { type ContainerEngine, containerEngine } from './container-engine.ts';
import { freePort } from './free-port.ts';
import { type ImageSource, obtainImage } from './image.ts';
import { ownerLabels } from './owner.ts';
import type { Progress } from './progress.ts';
import { removeContainer, sweepContainers } from './remove-containers.ts';
import { lastWords, untilReady, waitUntil } from './until-ready.ts';
import { watchOverContainers } from './watch-over-containers.ts';

/** How a service runs in a container. */
export interface ContainerPlan {
  readonly image: ImageSource;
  /** The port that it listens on inside. */
  readonly port: number;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Resolves when the service answers, rejects while it does not. */
  probe(address: Address): Promise<unknown>;
  readonly startTimeoutMs: number;
  /** How long it may take to stop in order. */
  readonly stopTimeoutMs: number;
}

export interface RunningContainer {
  readonly image: string;
  /** The same from start to close. */
  readonly address: Address;
  restart(): Promise<void>;
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** @throws ServiceUnavailable when there is no container engine, or no image. */
export async function startContainer(plan: ContainerPlan, progress: Progress): Promise<RunningContainer> {
  const engine = await containerEngine(progress);
  const { dockerode } = engine.client.container;
  const image = await obtainImage(engine, plan.image, progress);
  await watchOverContainers(engine);
  await sweepContainers(dockerode);
  const { id, address } = await startOnFreePort(engine, plan, image);
  const container = dockerode.getContainer(id);

  async function startAgain(): Promise<void> {
    await container.start();
    await untilReady(container, () => plan.probe(address), plan.startTimeoutMs);
  }

  return {
    image,
    address,
    async restart() {
      await container.stop({ t: plan.stopTimeoutMs / 1000 });
      await startAgain();
    },
    async kill() {
      await container.kill({ signal: 'SIGKILL' });
      await container.wait();
      await startAgain();
    },
    close: () => removeContainer(dockerode, id),
  };
}

const attempts = 5;

async function startOnFreePort(engine: ContainerEngine, plan: ContainerPlan, image: string) {
  for (let attempt = 1; ; attempt += 1) {
    const address = { host: hostOf(engine), port: await freePort() };
    try {
      const container = await startOnce(engine, plan, image, address);
      return { address, id: container.getId() };
    } catch (error) {
      if (attempt === attempts || !isPortTaken(error)) throw error;
    }
  }
}

async function startOnce(
  engine: ContainerEngine,
  plan: ContainerPlan,
  image: string,
  address: Address,
): Promise<StartedTestContainer> {
  const { dockerode } = engine.client.container;
  const name = `${plan.image.folder}-${randomUUID()}`;
  const probe = () => plan.probe(address);
  const container = new engine.testcontainers.GenericContainer(image)
    .withName(name)
    .withLabels(await ownerLabels())
    .withExposedPorts({ container: plan.port, host: address.port })
    .withEnvironment({ ...plan.environment })
    .withWaitStrategy(waitUntil((created) => untilReady(created, probe, plan.startTimeoutMs)));
  if (plan.command) container.withCommand([...plan.command]);
  try {
    return await container.start();
  } catch (error) {
    const said = await lastWords(dockerode.getContainer(name));
    await removeContainer(dockerode, name);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${plan.image.label} (${image}) did not start: ${reason}${said}`, { cause: error });
  }
}

/** As a number, so that no client tries IPv6 first, where an engine need not listen. */
function hostOf({ client }: ContainerEngine): string {
  const { host } = client.info.containerRuntime;
  return host === 'localhost' ? '127.0.0.1' : host;
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && /port is already allocated|address already in use/i.test(error.message);
}
