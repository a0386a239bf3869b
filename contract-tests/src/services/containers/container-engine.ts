import { connect } from 'node:net';
import type { ContainerRuntimeClient } from 'testcontainers';
import { ServiceUnavailable } from '../../engine/service.ts';
import { installEngine } from './install-engine.ts';
import { type Progress, type ServiceOptions, toStderr } from './progress.ts';

export interface ContainerEngine {
  readonly testcontainers: typeof import('testcontainers');
  readonly client: ContainerRuntimeClient;
}

let engine: Promise<ContainerEngine> | undefined;

/** The engine that answers; where none does, one that is installed and started if that is possible. */
export function containerEngine(progress: Progress): Promise<ContainerEngine> {
  engine ??= findEngine(progress).catch((error) => {
    engine = undefined;
    throw error;
  });
  return engine;
}

/**
 * Makes sure that containers can be started. Where no engine answers and this process is root on Debian or Ubuntu,
 * installs `docker.io` by apt and starts `dockerd`, after saying so; `AIWORK_INSTALL_ENGINE=0` turns that off. A
 * `dockerd` started so keeps running, for the next run.
 *
 * @throws ServiceUnavailable when there is none and none can be had: with what was tried, and what to do.
 * @example
 * ```ts no-run: needs a container engine, and may install one
 * import { ensureContainerEngine } from '@aiwork/contract-tests/services';
 *
 * await ensureContainerEngine();
 * ```
 * @since 0.1.0
 */
export async function ensureContainerEngine({ progress = toStderr }: ServiceOptions = {}): Promise<void> {
  await containerEngine(progress);
}

async function findEngine(progress: Progress): Promise<ContainerEngine> {
  const testcontainers = await loadTestcontainers();
  const host = process.env['DOCKER_HOST'];
  // Testcontainers would silently go on to the default socket.
  if (host && !(await answers(host))) {
    throw new ServiceUnavailable(
      `No container engine answers at DOCKER_HOST=${host}: start it, or unset DOCKER_HOST to use the one of this machine.`,
    );
  }
  const find = () => testcontainers.getContainerRuntimeClient();
  const client = (await find().catch(() => undefined)) ?? (await installEngine(find, progress));
  return { testcontainers, client };
}

async function loadTestcontainers(): Promise<typeof import('testcontainers')> {
  try {
    return await import('testcontainers');
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    throw new ServiceUnavailable(
      `Services run in containers by the package testcontainers, which cannot be loaded (${reason}): add it to the development dependencies. Its version 12 needs Node 22.22, version 11 runs on older ones.`,
      { cause: error },
    );
  }
}

/** Whether something listens there. Only told for sockets: what else `DOCKER_HOST` can name is left to Testcontainers. */
function answers(host: string): Promise<boolean> {
  if (!URL.canParse(host)) return Promise.resolve(false);
  const { protocol, hostname, port, pathname } = new URL(host);
  if (protocol !== 'unix:' && protocol !== 'tcp:') return Promise.resolve(true);
  const socket = connect(
    protocol === 'unix:' ? { path: pathname } : { host: hostname, port: Number(port || 2375) },
  );
  return new Promise((resolve) => {
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(10_000, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
