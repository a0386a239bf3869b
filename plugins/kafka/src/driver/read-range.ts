import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import type { StoredRecord } from './driver.ts';
import { shortRetry } from './kafkajs-client.ts';
import { toStoredRecord } from './stored-record.ts';

export interface RecordRange {
  readonly topic: string;
  readonly from: number;
  readonly upTo: number;
}

/** kafkajs reads as a member of a group only, so this has a group of its own, which commits nothing and is gone with it. */
export async function readRange(
  client: Kafka,
  { topic, from, upTo }: RecordRange,
): Promise<readonly StoredRecord[]> {
  if (from >= upTo) return [];
  const read: StoredRecord[] = [];
  const end = Promise.withResolvers<void>();
  const consumer = client.consumer({
    groupId: `${topic}.${randomUUID()}`,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
    retry: { ...shortRetry, restartOnFailure: () => Promise.resolve(false) },
  });
  // Also of what holds no records: the ends of transactions.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    if (Number(payload.lastOffset) + 1 >= upTo) end.resolve();
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => end.reject(payload.error));
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      async eachBatch({ batch }) {
        for (const message of batch.messages) {
          const record = toStoredRecord(message);
          if (record.offset >= from && record.offset < upTo) read.push(record);
        }
      },
    });
    consumer.seek({ topic, partition: 0, offset: String(from) });
    await end.promise;
    return read;
  } finally {
    await consumer.disconnect().catch(() => {});
  }
}
