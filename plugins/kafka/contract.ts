import { defineSubject, taskQueueContract } from '@aiwork/contract-tests';
import { kafkaService } from '@aiwork/contract-tests/services';
import { type KafkaOptions, kafkaTasks } from './src/index.ts';

const callTimeoutMs = 5000;
const times = {
  callTimeoutMs,
  connectTimeoutMs: 1000,
  sessionTimeoutMs: 2000,
  retryDelay: { firstMs: 50, maxMs: 500 },
};
const service = kafkaService();

interface Setting {
  readonly name: string;
  readonly prefix: string;
  readonly options: KafkaOptions;
}

const settings: readonly Setting[] = [
  { name: 'three partitions', prefix: '', options: { topics: { partitions: 3 } } },
  {
    name: 'one partition, gzip, topic prefix',
    prefix: 'tenant-7.',
    options: { topics: { partitions: 1 }, compression: 'gzip', maxDeliveries: 3 },
  },
];

/** Kafka takes few characters in names, and no two of these are one there. */
const prefixOf = (namespace: string) =>
  namespace.replaceAll(/[^A-Za-z0-9]/gu, (character) => `-${Buffer.from(character).toString('hex')}-`);

export default settings.map(({ name, prefix, options }) =>
  defineSubject({
    contract: taskQueueContract,
    name,
    package: new URL('./package.json', import.meta.url),
    service,
    callDeadlineMs: 2 * callTimeoutMs,
    // A broker alone takes half a minute to stop and to start on a busy machine.
    checkDeadlineMs: 180_000,
    async open({ namespace, address }) {
      const { queue } = await kafkaTasks({
        brokers: [`${address.host}:${address.port}`],
        topicPrefix: `${prefix}${prefixOf(namespace)}.`,
        ...times,
        ...options,
      });
      return queue;
    },
  }),
);
