import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { openLink } from '../src/link/open-link.ts';
import { type HeldService, type KafkaService, kafkaService } from '../src/services/index.ts';
import { describeWithEngine } from './with-engine.fixture.ts';

// The first run on a machine may have to install an engine and build images.
const coldStartMs = 10 * 60_000;
vi.setConfig({ testTimeout: 60_000 });

let held: HeldService<KafkaService>;

beforeAll(async () => {
  held = await kafkaService().hold();
}, coldStartMs);
afterAll(() => held.release());

function clientOf(brokers: readonly string[]): Kafka {
  return new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
}

async function send(brokers: readonly string[], topic: string, values: readonly string[]): Promise<void> {
  const producer = clientOf(brokers).producer({ idempotent: false });
  await producer.connect();
  try {
    await producer.send({ topic, acks: -1, messages: values.map((value) => ({ value })) });
  } finally {
    await producer.disconnect();
  }
}

async function receive(brokers: readonly string[], topic: string, count: number): Promise<readonly string[]> {
  const consumer = clientOf(brokers).consumer({ groupId: crypto.randomUUID() });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const values: string[] = [];
  const all = Promise.withResolvers<readonly string[]>();
  await consumer.run({
    async eachMessage({ message }) {
      values.push(String(message.value));
      if (values.length === count) all.resolve(values);
    },
  });
  try {
    return await all.promise;
  } finally {
    await consumer.disconnect();
  }
}

describeWithEngine('kafkaService', () => {
  it('says what the broker says of itself', () => {
    const { facts } = held.service;
    expect(facts).toMatchObject({ name: 'kafka', version: '4.3.1' });
    expect(facts.image).toMatch(/kafka/);
    expect(facts.settings).toMatchObject({ 'min.insync.replicas': '1' });
  });

  it.each(['restart', 'kill'] as const)(
    'is at the same address with what was sent after a %s',
    async (way) => {
      const { service } = held;
      const topic = `kept-over-${way}`;
      await send(service.brokers, topic, ['one', 'two']);
      await service[way]?.();
      await send(service.brokers, topic, ['three']);
      expect(await receive(service.brokers, topic, 3)).toEqual(['one', 'two', 'three']);
    },
  );

  it('ends transactions', async () => {
    const { brokers } = held.service;
    const producer = clientOf(brokers).producer({
      transactionalId: 'test',
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    onTestFinished(() => producer.disconnect());
    const given = await producer.transaction();
    await given.send({ topic: 'transactions', messages: [{ value: 'never' }] });
    await given.abort();
    const kept = await producer.transaction();
    await kept.send({ topic: 'transactions', messages: [{ value: 'kept' }] });
    await kept.commit();
    expect(await receive(brokers, 'transactions', 1)).toEqual(['kept']);
  });

  it('keeps clients of a link on the link', async () => {
    const { linked } = held.service;
    if (!linked) throw new Error('no second listener');
    const link = await openLink(linked.target, linked.listen);
    onTestFinished(() => link.close());
    const brokers = [`${linked.listen.host}:${linked.listen.port}`];
    const admin = clientOf(brokers).admin();
    await admin.connect();
    onTestFinished(() => admin.disconnect());
    const cluster = await admin.describeCluster();
    expect(cluster.brokers).toMatchObject([linked.listen]);
    await send(brokers, 'through-a-link', ['passed']);
    expect(await receive(held.service.brokers, 'through-a-link', 1)).toEqual(['passed']);
  });
});

describeWithEngine('AIWORK_KAFKA_BROKERS', () => {
  it('names brokers that are used as they are', async () => {
    setBrokers(`${held.service.brokers[0]}, 127.0.0.1:1`);
    await using external = await kafkaService().hold();
    expect(external.service.brokers).toEqual([held.service.brokers[0], '127.0.0.1:1']);
    expect(external.service.address).toEqual(held.service.address);
    expect(external.service.restart ?? external.service.kill ?? external.service.linked).toBeUndefined();
  });

  it.each([
    ['localhost', 'AIWORK_KAFKA_BROKERS names localhost, which is no address: write host:9092'],
    ['127.0.0.1:1', 'ECONNREFUSED'],
  ])('makes a start fail when it is %s', async (brokers, message) => {
    setBrokers(brokers);
    await expect(kafkaService().hold()).rejects.toThrow(message);
  });
});

function setBrokers(brokers: string): void {
  vi.stubEnv('AIWORK_KAFKA_BROKERS', brokers);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}
