import { defineSubject, taskQueueContract } from '@aiwork/contract-tests';
import { kafkaService } from '@aiwork/contract-tests/services';
import { contractTests } from '@aiwork/contract-tests/vitest';
import { kafkaTasks } from './kafka-tasks.ts';

const callTimeoutMs = 3000;

/** Kafka takes few characters in names, and no two of these are one there. */
const prefixOf = (namespace: string) =>
  namespace.replaceAll(/[^A-Za-z0-9]/gu, (character) => `-${Buffer.from(character).toString('hex')}-`);

const subject = defineSubject({
  contract: taskQueueContract,
  name: 'one broker',
  package: new URL('../package.json', import.meta.url),
  service: kafkaService(),
  callDeadlineMs: 2 * callTimeoutMs,
  async open({ namespace, address }) {
    const { queue } = await kafkaTasks({
      brokers: [`${address.host}:${address.port}`],
      topicPrefix: `${prefixOf(namespace)}.`,
      topics: { partitions: 3 },
      callTimeoutMs,
      sessionTimeoutMs: 6000,
      retryDelay: { firstMs: 50, maxMs: 500 },
    });
    return queue;
  },
});

// Kafka sends its clients to one address, where only one link can stand at a time: for faults see faults.test.ts.
contractTests(subject, { profiles: ['core'] });
