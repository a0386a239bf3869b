import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { type HeldService, type KafkaClusterService, kafkaClusterService } from '../src/services/index.ts';
import { describeWithEngine } from './with-engine.fixture.ts';

// The first run on a machine may have to install an engine and build images.
const coldStartMs = 10 * 60_000;
vi.setConfig({ testTimeout: 60_000 });

let held: HeldService<KafkaClusterService>;

beforeAll(async () => {
  held = await kafkaClusterService().hold();
}, coldStartMs);
afterAll(() => held.release());

async function connected() {
  const client = new Kafka({ brokers: [...held.service.brokers], logLevel: logLevel.NOTHING });
  const admin = client.admin();
  const producer = client.producer();
  await Promise.all([admin.connect(), producer.connect()]);
  onTestFinished(async () => {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  });
  return { admin, producer };
}

describeWithEngine('kafkaClusterService', () => {
  it('is three brokers that say where they are', async () => {
    const { facts, brokers, members } = held.service;
    const { admin } = await connected();
    const found = (await admin.describeCluster()).brokers;
    const told = found.map(({ nodeId, host, port }) => ({ node: nodeId, address: { host, port } }));
    expect(told.toSorted((a, b) => a.node - b.node)).toEqual(
      members.map(({ node, address }) => ({ node, address })),
    );
    expect(brokers).toHaveLength(3);
    expect(facts).toMatchObject({ name: 'kafka cluster', settings: { 'min.insync.replicas': '2' } });
  });

  it('goes on without one of them, and has all that was sent when it is back', async () => {
    const { admin, producer } = await connected();
    const topic = 'kept';
    await admin.createTopics({ topics: [{ topic, numPartitions: 3, replicationFactor: 3 }] });
    const [lost] = held.service.members;
    if (!lost) throw new Error('the cluster has no brokers');
    await lost.crash();
    await expect(knockAt(lost.address)).rejects.toThrow('ECONNREFUSED');
    const messages = Array.from({ length: 30 }, (_, index) => ({ key: `${index}`, value: 'v' }));
    await vi.waitFor(() => producer.send({ topic, acks: -1, messages }), 20_000);
    await lost.start();
    await vi.waitFor(async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      expect(topics[0]?.partitions.map(({ isr }) => isr.length)).toEqual([3, 3, 3]);
    }, 20_000);
    const ends = await admin.fetchTopicOffsets(topic);
    expect(ends.reduce((sum, { high }) => sum + Number(high), 0)).toBeGreaterThanOrEqual(30);
  });
});

async function knockAt({ host, port }: { readonly host: string; readonly port: number }) {
  const client = new Kafka({
    brokers: [`${host}:${port}`],
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  await client.admin().connect();
}
