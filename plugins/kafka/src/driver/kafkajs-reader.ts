import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Reader, ReaderListener, ReaderOptions } from './driver.ts';
import { shortRetry } from './kafkajs-client.ts';
import { stickyAssigner } from './sticky-assigner.ts';
import { toStoredRecord } from './stored-record.ts';

/** How long a broker holds a request for records that are not there; also how soon a partition is resumed. */
const longPollMs = 250;

/**
 * kafkajs fetches, gives a batch away at once and fetches on, with a heartbeat in between: neither waits for a handler.
 */
export async function openKafkajsReader(
  client: Kafka,
  { topic, group, sessionTimeoutMs }: ReaderOptions,
  listener: ReaderListener,
): Promise<Reader> {
  let owned: readonly number[] = [];
  let memberId = '';
  let commitNow: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;
  const consumer = client.consumer({
    groupId: group,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: sessionTimeoutMs,
    heartbeatInterval: Math.floor(sessionTimeoutMs / 10),
    maxWaitTimeInMs: longPollMs,
    allowAutoTopicCreation: false,
    partitionAssigners: [stickyAssigner(topic, () => owned)],
    // Who reads opens a reader anew, with what it then finds.
    retry: { ...shortRetry, restartOnFailure: () => Promise.resolve(false) },
  });
  const { GROUP_JOIN, REBALANCING, HEARTBEAT, CRASH } = consumer.events;
  consumer.on(GROUP_JOIN, ({ payload }) => {
    const membership = payload.memberId === memberId ? 'continued' : 'anew';
    memberId = payload.memberId;
    owned = payload.memberAssignment[topic] ?? [];
    listener.assigned(owned, membership);
  });
  consumer.on(REBALANCING, () => listener.rebalancing());
  consumer.on(HEARTBEAT, () => listener.alive());
  consumer.on(CRASH, ({ payload }) => listener.failed(payload.error));

  await start(consumer, topic, async ({ batch, resolveOffset, commitOffsetsIfNecessary }) => {
    const { partition, messages } = batch;
    // It commits with the membership of now and does not try again with that of later, when others own the partition.
    commitNow = commitOffsetsIfNecessary;
    const last = messages.at(-1);
    if (!last || !owned.includes(partition)) return;
    resolveOffset(last.offset);
    listener.records({
      partition,
      records: messages.map(toStoredRecord),
      nextOffset: Number(batch.lastOffset()) + 1,
      high: Number(batch.highWatermark),
    });
  });
  return {
    pause: (partition) => consumer.pause([{ topic, partitions: [partition] }]),
    resume: (partition) => consumer.resume([{ topic, partitions: [partition] }]),
    async commit(nextOffsets) {
      const partitions = Array.from(nextOffsets, ([partition, offset]) => ({
        partition,
        offset: String(offset),
      }));
      await commitNow?.({ topics: [{ topic, partitions }] });
    },
    close: () => consumer.disconnect(),
  };
}

async function start(
  consumer: Consumer,
  topic: string,
  eachBatch: (payload: EachBatchPayload) => Promise<void>,
): Promise<void> {
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch });
  } catch (error) {
    await consumer.disconnect().catch(() => {});
    throw error;
  }
}
