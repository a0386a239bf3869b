import type { Kafka } from 'kafkajs';
import { rootOf } from '../kafka-errors.ts';
import type { OutgoingRecord } from './driver.ts';
import { shortRetry } from './kafkajs-client.ts';
import { stayingPartitioner } from './staying-partitioner.ts';
import { byTopic } from './to-message.ts';

/**
 * Stores what `prepare` gives, all or nothing, and only if nobody else began a transaction of this name meanwhile: who
 * begins one later keeps those before from being committed. Nobody reads past one that is under way, so one whose process
 * is gone is ended by its coordinator soon after `timeoutMs`.
 */
export async function inTransaction(
  client: Kafka,
  { name, timeoutMs }: { readonly name: string; readonly timeoutMs: number },
  prepare: () => Promise<readonly OutgoingRecord[]>,
): Promise<void> {
  const producer = client.producer({
    transactionalId: name,
    transactionTimeout: timeoutMs,
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: shortRetry,
    createPartitioner: stayingPartitioner,
  });
  try {
    await producer.connect();
    const transaction = await producer.transaction();
    try {
      const records = await prepare();
      for (const topicMessages of byTopic(records)) await transaction.send({ acks: -1, ...topicMessages });
      await transaction.commit();
    } catch (error) {
      if (transaction.isActive()) await transaction.abort().catch(() => {});
      throw error;
    }
  } finally {
    await producer.disconnect().catch(() => {});
  }
}

/** Somebody began another transaction of this name. */
const overtaken = [
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_EPOCH',
  'CONCURRENT_TRANSACTIONS',
  'INVALID_TXN_STATE',
  'INVALID_PRODUCER_ID_MAPPING',
];

/** A broker is not ready yet, or stumbled over its own state; `UNKNOWN` is the answer to what it did not expect. */
const troubled = [
  'UNKNOWN',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR_FOR_GROUP',
  'TRANSACTION_COORDINATOR_FENCED',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'REQUEST_TIMED_OUT',
  'KAFKA_STORAGE_ERROR',
  'UNKNOWN_PRODUCER_ID',
];

const worthRepeating = new Set([...overtaken, ...troubled]);

export function isWorthRepeating(error: unknown): boolean {
  const { type } = rootOf(error);
  return type !== undefined && worthRepeating.has(type);
}
