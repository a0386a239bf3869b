import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster, EachBatchPayload, Kafka } from 'kafkajs';
import { rootOf } from '../kafka-errors.ts';
import type { Reader, ReaderListener, ReaderOptions } from './driver.ts';
import { shortRetry } from './kafkajs-client.ts';
import { stickyAssigner } from './sticky-assigner.ts';
import { toStoredRecord } from './stored-record.ts';
import { watchClock } from './watch-clock.ts';
import { whyNoCoordinator } from './why-no-coordinator.ts';

/** How long a broker holds a request for records that are not there; also how soon a partition is resumed. */
const longPollMs = 250;
/** By heartbeats members hear that partitions are to be shared out anew: what one left is idle for so long. */
const longestHeartbeatMs = 500;

/**
 * kafkajs fetches, gives a batch away at once and fetches on, with a heartbeat in between: neither waits for a handler.
 */
export async function openKafkajsReader(
  client: Kafka,
  { topic, group, sessionTimeoutMs, formerMember }: ReaderOptions,
  listener: ReaderListener,
): Promise<Reader> {
  let owned: readonly number[] = [];
  let memberId = '';
  const fetched = new Set<number>();
  const paused = new Set<number>();
  let resumed = Promise.withResolvers<void>();
  let isOver = false;
  let cluster: Cluster | undefined;
  let commitNow: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;
  const consumer = client.consumer({
    groupId: group,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: sessionTimeoutMs,
    heartbeatInterval: Math.min(longestHeartbeatMs, Math.floor(sessionTimeoutMs / 10)),
    maxWaitTimeInMs: longPollMs,
    // How soon new partitions are noticed.
    metadataMaxAge: 30_000,
    allowAutoTopicCreation: false,
    partitionAssigners: [
      (config) => {
        cluster = config.cluster;
        return stickyAssigner(topic, () => owned)(config);
      },
    ],
    // Who reads opens a reader anew, with what it then finds.
    retry: { ...shortRetry, restartOnFailure: () => Promise.resolve(false) },
  });
  const { GROUP_JOIN, REBALANCING, HEARTBEAT, CRASH, END_BATCH_PROCESS, FETCH_START } = consumer.events;
  consumer.on(GROUP_JOIN, ({ payload }) => {
    const membership = payload.memberId === memberId ? 'continued' : 'anew';
    memberId = payload.memberId;
    owned = payload.memberAssignment[topic] ?? [];
    fetched.clear();
    listener.assigned(owned, membership);
  });
  consumer.on(FETCH_START, ({ payload: { nodeId } }) => {
    // What the first fetch from a broker brought was given away before the second.
    if (fetched.has(nodeId)) listener.begun();
    fetched.add(nodeId);
  });
  consumer.on(REBALANCING, () => listener.rebalancing());
  // The ends of transactions are no records, and come without a batch where nothing else does.
  consumer.on(END_BATCH_PROCESS, ({ payload: { partition, batchSize, lastOffset, highWatermark } }) => {
    if (batchSize > 0 || !owned.includes(partition)) return;
    const nextOffset = Number(lastOffset) + 1;
    listener.records({ partition, records: [], nextOffset, high: Number(highWatermark) });
  });
  consumer.on(HEARTBEAT, () => listener.alive());
  consumer.on(CRASH, ({ payload: { error } }) => {
    isOver = true;
    void whyNoCoordinator(error, cluster, group).then(listener.failed);
  });

  // kafkajs times its heartbeats by it, and would be silent until it is as late again.
  const endWatch = watchClock(sessionTimeoutMs / 2, () =>
    listener.failed(new Error('the clock was set back')),
  );

  async function forget(member: string): Promise<void> {
    const coordinator: object | undefined = await cluster?.findGroupCoordinator({ groupId: group });
    if (!coordinator || !('leaveGroup' in coordinator) || typeof coordinator.leaveGroup !== 'function')
      return;
    try {
      await coordinator.leaveGroup({ groupId: group, memberId: member });
    } catch (error) {
      const isGone = rootOf(error).type === 'UNKNOWN_MEMBER_ID';
      if (!isGone) throw error;
    }
  }

  /** With nothing to fetch kafkajs would sleep, however soon a partition is resumed. */
  async function untilSomeIsWanted(heartbeat: () => Promise<void>): Promise<void> {
    while (!isOver && owned.every((partition) => paused.has(partition))) {
      // Nothing is fetched before that.
      listener.begun();
      await Promise.race([resumed.promise, delay(longPollMs)]);
      await heartbeat();
    }
  }

  async function eachBatch(payload: EachBatchPayload) {
    const { batch, resolveOffset, commitOffsetsIfNecessary, heartbeat } = payload;
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
    await untilSomeIsWanted(heartbeat);
  }

  try {
    await consumer.connect();
    if (formerMember) await forget(formerMember);
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch });
  } catch (error) {
    endWatch();
    await consumer.disconnect().catch(() => {});
    throw error;
  }
  return {
    member: () => memberId,
    pause(partition) {
      paused.add(partition);
      // kafkajs throws where its group is gone.
      if (!isOver) consumer.pause([{ topic, partitions: [partition] }]);
    },
    resume(partition) {
      paused.delete(partition);
      if (!isOver) consumer.resume([{ topic, partitions: [partition] }]);
      resumed.resolve();
      resumed = Promise.withResolvers();
    },
    async commit(commits) {
      const partitions = Array.from(commits, ([partition, { nextOffset, note }]) => ({
        partition,
        offset: String(nextOffset),
        metadata: note,
      }));
      if (!commitNow) throw new Error('nothing was read yet');
      await commitNow({ topics: [{ topic, partitions }] });
    },
    close() {
      isOver = true;
      endWatch();
      resumed.resolve();
      return consumer.disconnect();
    },
  };
}
