import type { Address } from '../../engine/address.ts';
import { type Service, type ServiceSource, serviceSource } from '../../engine/service.ts';
import { type RunningContainer, startContainer } from '../containers/container.ts';
import { type ServiceOptions, toStderr } from '../containers/progress.ts';
import { brokerSettings, hostPort, reportedOf } from './broker-settings.ts';
import { greetKafka } from './greet-kafka.ts';
import { kafkaImage, versionOf } from './kafka-image.ts';

/** @since 0.1.0 */
export interface KafkaClusterService extends Service {
  /** `host:port` of each broker to begin with. */
  readonly brokers: readonly string[];
  /** In the order of `brokers`. */
  readonly members: readonly KafkaMember[];
}

/** One broker of a cluster. @since 0.1.0 */
export interface KafkaMember {
  /** What the cluster knows it by. */
  readonly node: number;
  readonly address: Address;
  /** Ends it without warning. The others go on. */
  crash(): Promise<void>;
  /** Starts it again, with what it had stored. */
  start(): Promise<void>;
}

const nodes = [1, 2, 3] as const;
const clientPort = (node: number) => 9000 + 100 * node + 2;

/**
 * Kafka, three brokers that are their own controllers (KRaft), each in a container that ends and starts by itself. Topics
 * are kept by all three, and take what at least two have.
 *
 * @example
 * ```ts no-run: needs a container engine
 * import { kafkaClusterService } from '@aiwork/contract-tests/services';
 *
 * await using held = await kafkaClusterService().hold();
 * const [first] = held.service.members;
 * await first?.crash();
 * await first?.start();
 * ```
 * @since 0.1.0
 */
export function kafkaClusterService(options: ServiceOptions = {}): ServiceSource<KafkaClusterService> {
  return serviceSource('kafka cluster', () => startCluster(options));
}

async function startCluster({ progress = toStderr }: ServiceOptions): Promise<KafkaClusterService> {
  // The network outlives each of them.
  const network = await startContainer(
    {
      image: kafkaImage,
      ports: [clientPort(1), clientPort(2), clientPort(3)],
      settings: () => ({ command: ['sleep', 'infinity'] }),
      probe: () => Promise.resolve(),
      startTimeoutMs: 10_000,
      stopTimeoutMs: 1000,
    },
    progress,
  );
  const starting = network.addresses.map((address, index) =>
    startBroker(network, index + 1, address, progress),
  );
  async function close(): Promise<void> {
    const started = await Promise.allSettled(starting);
    await Promise.all(started.map((each) => each.status === 'fulfilled' && each.value.close()));
    await network.close();
  }
  try {
    const containers = await Promise.all(starting);
    const [first] = containers;
    if (!first) throw new Error('the cluster has no brokers');
    const version = await versionOf(first);
    return {
      facts: { name: 'kafka cluster', version, image: first.image, settings: reportedOf(nodes.length) },
      address: network.addresses[0],
      brokers: network.addresses.map(hostPort),
      members: containers.map(({ crash, start }, index) => ({
        node: index + 1,
        address: network.addresses[index] ?? network.addresses[0],
        crash,
        start,
      })),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function startBroker(
  network: RunningContainer,
  node: number,
  address: Address,
  progress: ServiceOptions['progress'] & {},
): Promise<RunningContainer> {
  return startContainer(
    {
      image: kafkaImage,
      ports: network,
      settings: () => ({
        environment: brokerSettings({
          node,
          nodes: nodes.length,
          listeners: [
            { name: 'CLIENTS', protocol: 'PLAINTEXT', port: clientPort(node), advertised: address },
          ],
        }),
      }),
      probe: () => greetKafka(address),
      startTimeoutMs: 120_000,
      stopTimeoutMs: 30_000,
    },
    progress,
  );
}
