import type { Durability } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import type { ClusterNode, ClusterOptions, RedisOptions } from 'ioredis';
import type { RedisTaskQueueOptions } from './task-queue/queue-options.ts';

/** What this package decides by itself, because its promises hang on it. */
type Decided =
  | 'autoResendUnfulfilledCommands'
  | 'commandTimeout'
  | 'connectTimeout'
  | 'disableClientInfo'
  | 'disconnectTimeout'
  | 'enableAutoPipelining'
  | 'enableOfflineQueue'
  | 'enableReadyCheck'
  | 'keyPrefix'
  | 'lazyConnect'
  | 'maxRetriesPerRequest'
  | 'monitor'
  | 'protocol'
  | 'readOnly'
  | 'reconnectOnError'
  | 'replyMapping'
  | 'retryStrategy'
  | 'scripts'
  | 'socketTimeout'
  | 'stringNumbers';

/** How to reach Redis. @since 0.1.0 */
export interface RedisConnectionOptions {
  /**
   * `redis://user:password@host:port/database`, every part but the host optional; `rediss://` is TLS. Default
   * `redis://localhost:6379`.
   */
  readonly url?: string;
  /**
   * Options of ioredis for what a URL does not say: `tls`, `sentinels` and `name`, `path`, `family` … What the URL says
   * comes first.
   */
  readonly client?: Readonly<Omit<RedisOptions, Decided>>;
  /**
   * Nodes to find a Redis Cluster by, with the options of ioredis for clusters (`dnsLookup`, `natMap` …). `client` then
   * holds for every node, and there is no `url`.
   */
  readonly cluster?: Readonly<
    Pick<ClusterOptions, 'dnsLookup' | 'natMap' | 'resolveSrv' | 'useSRVRecords'>
  > & {
    readonly nodes: readonly ClusterNode[];
  };
  /** How long one attempt to connect may take, in milliseconds. Default 5000. */
  readonly connectTimeoutMs?: number;
  /**
   * How long a call may take, waiting for a connection included, in milliseconds. A server that is silent for as long is
   * given up and connected to anew. Default 2000.
   */
  readonly commandTimeoutMs?: number;
}

/** A namespace of a Redis, and how to reach it. @since 0.1.0 */
export interface RedisPlaceOptions extends RedisConnectionOptions {
  /** Keeps apart those who share a Redis: nothing of one namespace is seen in another. Default `default`. */
  readonly namespace?: string;
  /** What every key begins with, for ACLs and for whoever looks; without braces. Default `aiwork:`. */
  readonly keyPrefix?: string;
  /**
   * What acknowledged writes survive, where the server does not tell (managed services often forbid `CONFIG GET`).
   * Where it does, more than its settings keep is refused. Default: what the settings say, else `process`.
   */
  readonly durability?: Durability;
}

/** @since 0.1.0 */
export interface RedisStorageOptions extends RedisPlaceOptions {
  /** Largest event, in bytes of its JSON in UTF-8. Default 4 MiB. */
  readonly maxEventBytes?: number;
  /** Largest payload; larger ones need a longer `commandTimeoutMs` where the network is slow. Default 16 MiB. */
  readonly maxPayloadBytes?: number;
  /** Longest key of state and cache, in bytes of UTF-8. Default 16,384. */
  readonly maxKeyBytes?: number;
  /** Largest value of state, in bytes of its JSON in UTF-8, and of the cache. Default 16 MiB. */
  readonly maxValueBytes?: number;
  /** How jobs of queues are handed out. */
  readonly taskQueue?: RedisTaskQueueOptions;
}

/** How long a call may take, in milliseconds. */
export function commandTimeout({ commandTimeoutMs }: RedisConnectionOptions): number {
  return timeOption(commandTimeoutMs, 'commandTimeoutMs', 2000);
}

/** A number of milliseconds from 1 up to what timers can count. */
export function timeOption(value: number | undefined, name: string, standard: number): number {
  if (value === undefined) return standard;
  if (Number.isInteger(value) && value > 0 && value <= 0x7fffffff) return value;
  throw invalidArgument(
    `${name} is ${JSON.stringify(value)}: give a whole number of milliseconds greater than 0`,
  );
}
