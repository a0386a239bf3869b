import { createRequire } from 'node:module';
import type { Kafka, KafkaMessage } from 'kafkajs';
import type { RecordRange, StoredRecord } from './driver.ts';
import { toStoredRecord } from './stored-record.ts';

interface FetchedPartition {
  readonly partition: number;
  readonly messages: readonly KafkaMessage[];
}

/** What of kafkajs's connection to a cluster is used here. */
interface FetchingCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, unknown>>;
  findBroker(options: { readonly nodeId: string }): Promise<{
    fetch(request: object): Promise<{
      readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[];
    }>;
  }>;
}

interface FetchedBatch {
  /** Without those of transactions that were aborted. */
  readonly messages: readonly KafkaMessage[];
  readonly rawMessages: readonly KafkaMessage[];
  lastOffset(): string;
}

type BatchClass = new (topic: string, from: string, fetched: FetchedPartition) => FetchedBatch;

const readCommitted = 1;
const waitMs = 100;
const fetchBytes = 1_048_576;

const Batch: BatchClass = createRequire(import.meta.url)('kafkajs/src/consumer/batch.js');

/**
 * The records of a topic's only partition. kafkajs itself reads as a member of a group only, and a group that begins waits
 * for more members, for three seconds unless its brokers are told otherwise.
 */
export async function readRange(
  client: Kafka,
  { topic, from, upTo, signal }: RecordRange,
): Promise<readonly StoredRecord[]> {
  if (from >= upTo) return [];
  const cluster = createCluster(client);
  const read: StoredRecord[] = [];
  try {
    await cluster.connect();
    await cluster.addTargetTopic(topic);
    const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [0]));
    if (nodeId === undefined) throw new Error(`topic ${topic} has no leader`);
    for (let next = from; next < upTo; ) {
      // What a transaction that is under way adds is not to be read before it ends.
      signal.throwIfAborted();
      const broker = await cluster.findBroker({ nodeId });
      const { responses } = await broker.fetch({
        isolationLevel: readCommitted,
        maxWaitTime: waitMs,
        topics: [{ topic, partitions: [{ partition: 0, fetchOffset: String(next), maxBytes: fetchBytes }] }],
      });
      const [fetched] = responses[0]?.partitions ?? [];
      if (!fetched) continue;
      const batch = new Batch(topic, String(next), fetched);
      for (const message of batch.messages) {
        const record = toStoredRecord(message);
        if (record.offset < upTo) read.push(record);
      }
      // Also past what holds no records: the ends of transactions.
      if (batch.rawMessages.length > 0) next = Math.max(next, Number(batch.lastOffset()) + 1);
    }
    return read;
  } finally {
    await cluster.disconnect();
  }
}

function createCluster(client: Kafka): FetchingCluster {
  const key = Object.getOwnPropertySymbols(client).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const create: unknown = key && Reflect.get(client, key);
  if (typeof create !== 'function') throw new Error('this version of kafkajs is not known');
  return create({ allowAutoTopicCreation: false, isolationLevel: readCommitted });
}
