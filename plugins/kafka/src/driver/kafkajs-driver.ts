import { setTimeout as delay } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { isPassing, isRefusal } from '../kafka-errors.ts';
import type { Settings } from '../options.ts';
import type { KafkaDriver } from './driver.ts';
import { createClient, shortRetry } from './kafkajs-client.ts';
import { openKafkajsReader } from './kafkajs-reader.ts';
import { openKafkajsSender } from './kafkajs-sender.ts';
import { inTransaction, isOvertaken } from './kafkajs-transaction.ts';
import { readRange } from './read-range.ts';

const maxAttempts = 4;

export function createKafkajsDriver(settings: Settings): KafkaDriver {
  const client = createClient(settings);
  let admin: Promise<Admin> | undefined;

  async function connectAdmin(): Promise<Admin> {
    const connecting = client.admin({ retry: shortRetry });
    await connecting.connect();
    return connecting;
  }

  async function disconnectAdmin(): Promise<void> {
    const last = admin;
    admin = undefined;
    await last?.then((each) => each.disconnect()).catch(() => {});
  }

  /** One connection for all questions; after one failed it is made anew. */
  async function ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const isFresh = admin === undefined;
      admin ??= connectAdmin();
      const asked = admin;
      try {
        return await question(await asked);
      } catch (error) {
        if (admin === asked) await disconnectAdmin();
        // What was idle for long may have been closed by the broker, and leaders change.
        const mayPass = isRefusal(error) ? isPassing(error) : !isFresh;
        if (!mayPass || attempt === maxAttempts) throw error;
      }
      await delay(50 * attempt);
    }
  }

  return {
    existing: (topics) =>
      ask(async (asked) => {
        const all = new Set(await asked.listTopics());
        return new Set(topics.filter((topic) => all.has(topic)));
      }),
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
    led: (topics) =>
      ask(async (asked) => {
        const { topics: found } = await asked.fetchTopicMetadata({ topics: [...topics] });
        return found.every(
          ({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0),
        );
      }).catch((error: unknown) => {
        if (isRefusal(error)) return false;
        throw error;
      }),
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
    read: (topic, from, upTo) => readRange(client, { topic, from, upTo }),
    inTransaction: (name, prepare) => inTransaction(client, name, prepare),
    isOvertaken,
    openSender: () => openKafkajsSender(client, settings.compression, settings.callTimeoutMs),
    openReader: (options, listener) => openKafkajsReader(client, options, listener),
    close: disconnectAdmin,
  };
}
