import type { Address } from '../../engine/address.ts';
import { type Service, type ServiceSource, serviceSource } from '../../engine/service.ts';
import { startContainer } from '../containers/container.ts';
import type { Addresses } from '../containers/container-plan.ts';
import { type ServiceOptions, toStderr } from '../containers/progress.ts';
import { askRedis } from './ask-redis.ts';

/** @since 0.1.0 */
export interface RedisClusterService extends Service {
  /** Three masters, each with a third of the slots. Clients go to the addresses that nodes tell, and round any link. */
  readonly nodes: readonly Address[];
}

const ports = [7001, 7002, 7003] as const;
const slots = 16_384;
/** A node talks to the others on its port and this. */
const busOffset = 10_000;
const pollMs = 50;
const formTimeoutMs = 20_000;

/**
 * A Redis Cluster of three masters and no replica, in one container that starts when it is first held.
 *
 * @example
 * ```ts no-run: needs a container engine
 * import { redisClusterService } from '@aiwork/contract-tests/services';
 *
 * await using held = await redisClusterService().hold();
 * console.log(held.service.nodes.length); // 3
 * ```
 * @since 0.1.0
 */
export function redisClusterService(options: ServiceOptions = {}): ServiceSource<RedisClusterService> {
  return serviceSource('redis cluster', () => startCluster(options));
}

async function startCluster({ progress = toStderr }: ServiceOptions): Promise<RedisClusterService> {
  const container = await startContainer(
    {
      image: { folder: 'redis', label: 'Redis', image: 'redis:7-alpine', variable: 'AIWORK_REDIS_IMAGE' },
      ports: [...ports],
      settings: (addresses) => ({ command: ['sh', '-c', `${nodeCommands(addresses).join(' & ')} & wait`] }),
      probe: (address) => ask(address, 'PING'),
      startTimeoutMs: 30_000,
      stopTimeoutMs: 10_000,
    },
    progress,
  );
  const { image, addresses, close } = container;
  try {
    await form(addresses);
  } catch (error) {
    await close();
    throw error;
  }
  const [address] = addresses;
  const version = /^redis_version:(.*?)\r?$/m.exec(String(await ask(address, 'INFO', 'server')))?.[1];
  const settings = { 'cluster-enabled': 'yes', appendonly: 'no' };
  const facts = { name: 'redis cluster', version: version ?? 'unknown', image, settings };
  return { facts, address, nodes: addresses, close };
}

/** A node listens inside the container, and tells clients where it is reached from outside. */
function nodeCommands(addresses: Addresses): readonly string[] {
  return ports.map((port, index) =>
    [
      `redis-server --port ${port} --protected-mode no --save '' --appendonly no`,
      `--cluster-enabled yes --cluster-config-file nodes-${port}.conf`,
      `--cluster-announce-ip 127.0.0.1 --cluster-announce-port ${addresses[index]?.port}`,
      `--cluster-announce-bus-port ${port + busOffset}`,
    ].join(' '),
  );
}

/** Gives each node its slots, and lets them meet. */
async function form(addresses: Addresses): Promise<void> {
  const deadline = performance.now() + formTimeoutMs;
  for (const [index, address] of addresses.entries()) {
    await until(deadline, () => ask(address, 'PING'));
    const [from, to] = [index, index + 1].map((part) => Math.floor((part * slots) / addresses.length));
    await ask(address, 'CLUSTER', 'ADDSLOTSRANGE', `${from}`, `${Number(to) - 1}`);
    await ask(address, 'CLUSTER', 'SET-CONFIG-EPOCH', `${index + 1}`);
  }
  for (const port of ports.slice(1)) {
    await ask(addresses[0], 'CLUSTER', 'MEET', '127.0.0.1', `${port}`, `${port + busOffset}`);
  }
  for (const address of addresses) await until(deadline, () => knowsAll(address));
}

async function knowsAll(address: Address): Promise<void> {
  const info = String(await ask(address, 'CLUSTER', 'INFO'));
  const formed = info.includes('cluster_state:ok') && info.includes(`cluster_size:${ports.length}`);
  if (!formed) throw new Error(`the cluster at ${address.host}:${address.port} has not formed: ${info}`);
}

/** Tries until it succeeds, and at the deadline says why it does not. */
async function until(deadline: number, attempt: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function ask({ host, port }: Address, ...command: readonly string[]) {
  return askRedis(new URL(`redis://${host}:${port}`), command);
}
