import type { Address } from '../../engine/address.ts';
import { type Service, type ServiceSource, serviceSource } from '../../engine/service.ts';
import { startContainer } from '../containers/container.ts';
import { freePort } from '../containers/free-port.ts';
import { type ServiceOptions, toStderr } from '../containers/progress.ts';
import { brokerSettings, hostPort, reportedOf } from './broker-settings.ts';
import { greetKafka } from './greet-kafka.ts';
import { kafkaImage, versionOf } from './kafka-image.ts';

/** @since 0.1.0 */
export interface KafkaService extends Service {
  /** `host:port` of each broker to begin with. */
  readonly brokers: readonly string[];
}

const variable = 'AIWORK_KAFKA_BROKERS';
const clientPort = 9092;
const linkedPort = 9093;

/**
 * Kafka, one broker that is its own controller (KRaft), in a container of its own that starts when it is first held.
 * Clients go where a broker tells them, round any link; so it has a second listener, `linked`, which tells them the
 * address that the link has to listen on. With `AIWORK_KAFKA_BROKERS` in the environment (`host:port`, several with
 * commas), those brokers instead: then it can be neither linked, nor restarted, nor killed.
 *
 * @example
 * ```ts no-run: needs a container engine
 * import { kafkaService } from '@aiwork/contract-tests/services';
 *
 * await using held = await kafkaService().hold();
 * console.log(held.service.brokers, held.service.facts.version);
 * await held.service.restart?.();
 * ```
 * @since 0.1.0
 */
export function kafkaService(options: ServiceOptions = {}): ServiceSource<KafkaService> {
  return serviceSource('kafka', () => {
    const brokers = process.env[variable];
    return brokers ? useKafka(brokers.split(',').map((broker) => broker.trim())) : startKafka(options);
  });
}

async function startKafka({ progress = toStderr }: ServiceOptions): Promise<KafkaService> {
  const listen: Address = { host: '127.0.0.1', port: await freePort() };
  const container = await startContainer(
    {
      image: kafkaImage,
      ports: [clientPort, linkedPort],
      settings: ([address]) => ({
        environment: brokerSettings({
          node: 1,
          nodes: 1,
          listeners: [
            { name: 'CLIENTS', protocol: 'PLAINTEXT', port: clientPort, advertised: address },
            { name: 'LINKED', protocol: 'PLAINTEXT', port: linkedPort, advertised: listen },
          ],
        }),
      }),
      probe: greetKafka,
      startTimeoutMs: 60_000,
      stopTimeoutMs: 30_000,
    },
    progress,
  );
  const { image, addresses, restart, kill, close } = container;
  const [address, target = address] = addresses;
  return {
    facts: { name: 'kafka', version: await versionOf(container), image, settings: reportedOf(1) },
    address,
    brokers: [hostPort(address)],
    linked: { listen, target },
    restart,
    kill,
    close,
  };
}

async function useKafka(brokers: readonly string[]): Promise<KafkaService> {
  const [address] = brokers.map(addressOf);
  if (!address) throw new TypeError(`${variable} names no broker: write host:9092`);
  await greetKafka(address);
  return {
    facts: { name: 'kafka', version: 'unknown', settings: {} },
    address,
    brokers,
    close: () => Promise.resolve(),
  };
}

function addressOf(broker: string): Address {
  const [, host, port] = /^\[?(.+?)\]?:(\d+)$/.exec(broker) ?? [];
  if (!host) throw new TypeError(`${variable} names ${broker}, which is no address: write host:9092`);
  return { host, port: Number(port) };
}
