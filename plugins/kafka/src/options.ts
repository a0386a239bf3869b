import type { ConnectionOptions } from 'node:tls';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import type { SASLOptions } from 'kafkajs';

/** How to reach Kafka. @since 0.1.0 */
export interface KafkaConnectionOptions {
  /** `host:port` of some brokers; the others are found through them. Default `localhost:9092`. */
  readonly brokers?: readonly string[];
  /** What the brokers' logs and quotas know this process by. Default `aiwork`. */
  readonly clientId?: string;
  /** Who this is: `{ mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512', username, password }`, and what else kafkajs takes. */
  readonly sasl?: SASLOptions;
  /** TLS, with `true` for what the system trusts. Default: none. */
  readonly tls?: true | ConnectionOptions;
  /** How long one attempt to connect may take, in milliseconds. Default 5000. */
  readonly connectTimeoutMs?: number;
  /** How long a call may take, waiting for a connection included, in milliseconds. Default 10,000. */
  readonly callTimeoutMs?: number;
}

/** @since 0.1.0 */
export interface KafkaOptions extends KafkaConnectionOptions {
  /**
   * What the names of topics and consumer groups begin with, in letters, digits, dots and dashes. It keeps apart those who
   * share a Kafka, as long as none begins with another one's. Default `aiwork.`.
   */
  readonly topicPrefix?: string;
  /** How topics are made that are missing; `false` makes none. */
  readonly topics?: false | TopicOptions;
  /** How what is sent is compressed; codecs other than `gzip` have to be registered with kafkajs. Default `none`. */
  readonly compression?: Compression;
  /** Largest task with its headers, in bytes. No more than `max.message.bytes` of the topics. Default 900,000. */
  readonly maxTaskBytes?: number;
  /**
   * After how long without a sign of life the tasks of a worker go to others, in milliseconds. It does not limit how long
   * a handler may take. Default 30,000; brokers take no less than 6000 unless told so.
   */
  readonly sessionTimeoutMs?: number;
  /** How often a task is handed to a handler, at most, before it is a dead letter. Default 5. */
  readonly maxDeliveries?: number;
  /** How long a failed task waits before it is handed out again: doubling from `firstMs` up to `maxMs`. */
  readonly retryDelay?: { readonly firstMs?: number; readonly maxMs?: number };
}

/** @since 0.1.0 */
export interface TopicOptions {
  /** How many workers can share a queue, at most. Default 6. */
  readonly partitions?: number;
  /** How many brokers keep each task. Default: what the brokers are set to. */
  readonly replicationFactor?: number;
  /**
   * After how long Kafka deletes tasks, in milliseconds, whether they were worked on or not. Default 7 days; -1: never.
   */
  readonly retentionMs?: number;
}

/** @since 0.1.0 */
export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** Options with their defaults. */
export interface Settings {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly sasl: SASLOptions | undefined;
  readonly tls: true | ConnectionOptions | undefined;
  readonly connectTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly topicPrefix: string;
  readonly topics: false | Required<TopicOptions>;
  readonly compression: Compression;
  readonly maxTaskBytes: number;
  readonly sessionTimeoutMs: number;
  readonly maxDeliveries: number;
  readonly retryDelay: { readonly firstMs: number; readonly maxMs: number };
}

/** @throws `AIWORK_INVALID_ARGUMENT` when an option has a value that cannot be used. */
export function settingsOf(options: KafkaOptions): Settings {
  const { brokers = ['localhost:9092'], clientId = 'aiwork', topicPrefix = 'aiwork.' } = options;
  if (brokers.length === 0) throw invalidArgument('brokers is empty: name at least one as host:port');
  for (const broker of brokers) {
    if (!/^\S+:\d{1,5}$/.test(broker))
      throw invalidArgument(`brokers has ${JSON.stringify(broker)}: give host:port, as in localhost:9092`);
  }
  if (!/^[A-Za-z0-9.-]{0,60}$/.test(topicPrefix)) {
    throw invalidArgument(
      `topicPrefix is ${JSON.stringify(topicPrefix)}: give up to 60 letters, digits, dots and dashes`,
    );
  }
  const { topics = {}, retryDelay = {} } = options;
  return {
    brokers,
    clientId,
    sasl: options.sasl,
    tls: options.tls,
    connectTimeoutMs: wholeNumber(options.connectTimeoutMs, 'connectTimeoutMs', 5000),
    callTimeoutMs: wholeNumber(options.callTimeoutMs, 'callTimeoutMs', 10_000),
    topicPrefix,
    topics: topics && {
      partitions: wholeNumber(topics.partitions, 'topics.partitions', 6),
      replicationFactor:
        topics.replicationFactor === undefined
          ? -1
          : wholeNumber(topics.replicationFactor, 'topics.replicationFactor', 1),
      retentionMs:
        topics.retentionMs === -1
          ? -1
          : wholeNumber(topics.retentionMs, 'topics.retentionMs', 7 * 86_400_000),
    },
    compression: options.compression ?? 'none',
    maxTaskBytes: wholeNumber(options.maxTaskBytes, 'maxTaskBytes', 900_000),
    sessionTimeoutMs: wholeNumber(options.sessionTimeoutMs, 'sessionTimeoutMs', 30_000),
    maxDeliveries: wholeNumber(options.maxDeliveries, 'maxDeliveries', 5),
    retryDelay: {
      firstMs: wholeNumber(retryDelay.firstMs, 'retryDelay.firstMs', 1000),
      maxMs: wholeNumber(retryDelay.maxMs, 'retryDelay.maxMs', 60_000),
    },
  };
}

/** A whole number from 1 up to what timers can count. */
function wholeNumber(value: number | undefined, name: string, standard: number): number {
  if (value === undefined) return standard;
  if (Number.isInteger(value) && value > 0 && value <= 0x7fffffff) return value;
  throw invalidArgument(`${name} is ${JSON.stringify(value)}: give a whole number greater than 0`);
}
