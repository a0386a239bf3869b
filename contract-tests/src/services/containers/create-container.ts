import { randomUUID } from 'node:crypto';
import type { StartedTestContainer } from 'testcontainers';
import type { ContainerEngine } from './container-engine.ts';
import { lastWords } from './container-log.ts';
import { type Addresses, type ContainerPlan, thisMachine } from './container-plan.ts';
import { freePort } from './free-port.ts';
import { ownerLabels } from './owner.ts';
import { removeContainer } from './remove-containers.ts';
import { untilReady, waitUntil } from './until-ready.ts';

const attempts = 5;

interface Created {
  readonly started: StartedTestContainer;
  readonly addresses: Addresses;
}

/** Creates a container that answers, on ports of this machine that stay its own over restarts. */
export async function createContainer(
  engine: ContainerEngine,
  plan: ContainerPlan,
  image: string,
): Promise<Created> {
  const { ports } = plan;
  if ('id' in ports) {
    const { addresses } = ports;
    return { addresses, started: await tryAddresses(engine, plan, image, addresses) };
  }
  for (let attempt = 1; ; attempt += 1) {
    const [, ...others] = ports;
    const addresses = [
      await freeAddress(engine),
      ...(await Promise.all(others.map(() => freeAddress(engine)))),
    ] as const;
    try {
      return { addresses, started: await tryAddresses(engine, plan, image, addresses) };
    } catch (error) {
      if (attempt === attempts || !isPortTaken(error)) throw error;
    }
  }
}

async function tryAddresses(
  engine: ContainerEngine,
  plan: ContainerPlan,
  image: string,
  addresses: Addresses,
): Promise<StartedTestContainer> {
  const { dockerode } = engine.client.container;
  const name = `${plan.image.folder}-${randomUUID()}`;
  const { command, environment, mounts = [] } = plan.settings(addresses);
  const { ports } = plan;
  const probe = () => plan.probe(addresses[0]);
  const container = new engine.testcontainers.GenericContainer(image)
    .withName(name)
    .withLabels(await ownerLabels())
    .withEnvironment({ ...environment })
    .withBindMounts(mounts.map((mount) => ({ ...mount, mode: 'ro' })))
    .withWaitStrategy(waitUntil((created) => untilReady(created, probe, plan.startTimeoutMs)));
  if ('id' in ports) container.withNetworkMode(`container:${ports.id}`);
  else {
    container.withExtraHosts([{ host: thisMachine, ipAddress: 'host-gateway' }]);
    container.withExposedPorts(
      ...addresses.map(({ port }, index) => ({ container: ports[index] ?? port, host: port })),
    );
  }
  if (command) container.withCommand([...command]);
  try {
    return await container.start();
  } catch (error) {
    const said = await lastWords(dockerode.getContainer(name));
    await removeContainer(dockerode, name);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${plan.image.label} (${image}) did not start: ${reason}${said}`, { cause: error });
  }
}

async function freeAddress({ client }: ContainerEngine) {
  const { host } = client.info.containerRuntime;
  // As a number, so that no client tries IPv6 first, where an engine need not listen.
  return { host: host === 'localhost' ? '127.0.0.1' : host, port: await freePort() };
}

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && /port is already allocated|address already in use/i.test(error.message);
}
