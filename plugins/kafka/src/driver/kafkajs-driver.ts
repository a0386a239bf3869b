import type { Settings } from '../options.ts';
import { describe, existing } from './describe-topics.ts';
import type { KafkaDriver } from './driver.ts';
import { createKafkajsAdmin } from './kafkajs-admin.ts';
import { createClient } from './kafkajs-client.ts';
import { openKafkajsReader } from './kafkajs-reader.ts';
import { openKafkajsSender } from './kafkajs-sender.ts';
import { inTransaction, isWorthRepeating } from './kafkajs-transaction.ts';
import { readRange } from './read-range.ts';

export function createKafkajsDriver(settings: Settings): KafkaDriver {
  const client = createClient(settings);
  const { ask, close } = createKafkajsAdmin(client);

  return {
    existing: (topics) => ask(async (asked) => existing(asked, topics)),
    create: (topics) =>
      ask(async (asked) => {
        await asked.createTopics({
          waitForLeaders: false,
          timeout: settings.callTimeoutMs,
          topics: topics.map(({ topic, partitions, replicationFactor, retentionMs }) => ({
            topic,
            numPartitions: partitions,
            replicationFactor,
            configEntries: [{ name: 'retention.ms', value: String(retentionMs) }],
          })),
        });
      }),
    led: (topics) => ask(async (asked) => (await describe(asked, topics)) === 'led'),
    rangesOf: (topic) =>
      ask(async (asked) =>
        (await asked.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({
          partition,
          low: Number(low),
          high: Number(high),
        })),
      ),
    committed: (topic, group) =>
      ask(async (asked) => {
        const [found] = await asked.fetchOffsets({ groupId: group, topics: [topic] });
        const commits = found?.partitions.map(
          ({ partition, offset, metadata }) =>
            [partition, { nextOffset: Number(offset), note: metadata ?? '' }] as const,
        );
        return new Map(commits?.filter(([, { nextOffset }]) => nextOffset >= 0));
      }),
    read: (range) => readRange(client, range),
    inTransaction: (name, prepare) =>
      inTransaction(client, { name, timeoutMs: settings.callTimeoutMs }, prepare),
    isWorthRepeating,
    openSender: () => openKafkajsSender(client, settings.compression, settings.callTimeoutMs),
    openReader: (options, listener) => openKafkajsReader(client, options, listener),
    close,
  };
}
