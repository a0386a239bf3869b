import { CompressionTypes, type Kafka } from 'kafkajs';
import { UncertainError } from '../kafka-errors.ts';
import type { Compression } from '../options.ts';
import { type Attempts, countAttempts } from './count-attempts.ts';
import type { Sender } from './driver.ts';
import { shortRetry } from './kafkajs-client.ts';
import { stayingPartitioner } from './staying-partitioner.ts';
import { byTopic } from './to-message.ts';

const codecs: Readonly<Record<Compression, CompressionTypes>> = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
};

/**
 * An idempotent producer of kafkajs numbers its batches, so that a broker stores a batch that is sent again only once.
 * When a send has failed, it gives the same numbers to the next batch, which the broker then acknowledges and throws
 * away: so nothing may be sent at the same time or afterwards.
 */
export async function openKafkajsSender(
  client: Kafka,
  compression: Compression,
  timeoutMs: number,
): Promise<Sender> {
  let isClosed = false;
  let attempts: Attempts | undefined;
  let sending: Promise<unknown> = Promise.resolve();
  const producer = client.producer({
    idempotent: true,
    allowAutoTopicCreation: false,
    retry: shortRetry,
    createPartitioner() {
      const choose = stayingPartitioner();
      return (asked) => {
        // It is asked at every attempt, and nothing else keeps kafkajs from trying again after it was disconnected.
        if (isClosed) throw new Error('the producer is closed');
        const partition = choose(asked);
        attempts?.add(asked.topic, partition, asked.message);
        return partition;
      };
    },
  });
  await producer.connect().catch(async (error: unknown) => {
    await producer.disconnect().catch(() => {});
    throw error;
  });
  return {
    async send(records) {
      const counted = countAttempts();
      attempts = counted;
      const sent = producer.sendBatch({
        acks: -1,
        timeout: timeoutMs,
        compression: codecs[compression],
        topicMessages: byTopic(records),
      });
      sending = sent.catch(() => {});
      const stored = await sent.catch((cause: unknown) => {
        throw counted.mayHaveStored() ? new UncertainError('some of it may be stored', { cause }) : cause;
      });
      // Where a partition moves to a broker that has answered already, kafkajs sends it to nobody.
      if (!counted.areAllIn(stored)) throw new UncertainError('not all partitions have answered');
    },
    async close() {
      isClosed = true;
      await producer.disconnect().catch(() => {});
      // A send that was trying again has connected once more.
      await sending;
      await producer.disconnect().catch(() => {});
    },
  };
}
