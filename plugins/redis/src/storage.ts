import type { Cache, PayloadStore, RunStore, StateStore, TaskQueue } from '@aiwork/core';
import { createCallGate, defaultMaxKeyBytes, limitOption } from '@aiwork/core/adapter-kit';
import { createRedisCache } from './cache.ts';
import { commandTimeout, type RedisStorageOptions } from './options.ts';
import { createRedisPayloadStore } from './payload-store.ts';
import { openRedisPlace, type RedisPlace } from './redis-place.ts';
import { createRedisRunStore } from './run-store/run-store.ts';
import type { ServerFacts } from './server-facts.ts';
import { createRedisStateStore } from './state-store.ts';
import type { StoreParts } from './store-parts.ts';
import { type QueueRules, queueRules } from './task-queue/queue-options.ts';
import { createRedisTaskQueue } from './task-queue/task-queue.ts';

const mebibyte = 1 << 20;

/** What is kept in one Redis. @since 0.1.0 */
export interface RedisStorage extends AsyncDisposable {
  readonly runStore: RunStore;
  readonly payloadStore: PayloadStore;
  readonly stateStore: StateStore;
  readonly cache: Cache;
  readonly queue: TaskQueue;
  /** What an operator should know about the settings of the server, in sentences. */
  readonly warnings: readonly string[];
  /** Closes the five and, with the last of them, the connection. */
  close(): Promise<void>;
}

/**
 * Keeps runs, payloads, state, a cache and a task queue in Redis 6.2 or newer: one server, one with replicas behind Sentinel, or a
 * cluster. Any number of processes may share it.
 *
 * All of it goes over one connection, which connects again by itself for ever. A call waits for it at most
 * `commandTimeoutMs` and then rejects with a retryable error. A write whose reply was lost is sent again only where that
 * cannot do it twice; any other rejects with `outcome: 'unknown'`.
 *
 * @throws `AIWORK_STORE_FAILED` when there is no server, it refuses the client, is a replica or too old.
 * @throws `AIWORK_INVALID_ARGUMENT` when an option has a value that cannot be used, or `durability` is more than the
 * settings of the server keep.
 * @example
 * ```ts no-run: needs Redis
 * import { redisStorage } from '@aiwork/redis';
 *
 * await using storage = await redisStorage({ url: 'redis://localhost:6379', namespace: 'shop' });
 * await storage.stateStore.set('greeting', 'hello', { ttlMs: 60_000 });
 * console.log((await storage.stateStore.get('greeting'))?.value); // hello
 * ```
 * @since 0.1.0
 */
export async function redisStorage(
  options: RedisStorageOptions = {},
  signal?: AbortSignal,
): Promise<RedisStorage> {
  const limits = {
    maxEventBytes: limitOption(options.maxEventBytes, 'maxEventBytes', 4 * mebibyte),
    maxPayloadBytes: limitOption(options.maxPayloadBytes, 'maxPayloadBytes', 16 * mebibyte),
    maxKeyBytes: limitOption(options.maxKeyBytes, 'maxKeyBytes', defaultMaxKeyBytes),
    maxValueBytes: limitOption(options.maxValueBytes, 'maxValueBytes', 16 * mebibyte),
    rules: queueRules(options.taskQueue),
    commandTimeoutMs: commandTimeout(options),
  };
  const place = await openRedisPlace(options, signal);
  return storageOf(partsOf(place, limits), warningsAbout(place.facts, options));
}

interface Limits {
  readonly maxEventBytes: number;
  readonly maxPayloadBytes: number;
  readonly maxKeyBytes: number;
  readonly maxValueBytes: number;
  readonly rules: QueueRules;
  readonly commandTimeoutMs: number;
}

type PartOf = (what: string) => StoreParts & Limits;

/** Each store has a gate of its own; the last to close ends the connection. */
function partsOf({ connection, keyspace, durability }: RedisPlace, limits: Limits): PartOf {
  let open = 0;
  return (what) => {
    open += 1;
    const gate = createCallGate(`the ${what} in ${connection.where}`, async () => {
      open -= 1;
      if (open === 0) await connection.close();
    });
    return { connection, keyspace, gate, durability, ...limits };
  };
}

function storageOf(part: PartOf, warnings: readonly string[]): RedisStorage {
  const runStore = createRedisRunStore(part('run store'));
  const payloadStore = createRedisPayloadStore(part('payload store'));
  const stateStore = createRedisStateStore(part('state store'));
  const cache = createRedisCache(part('cache'));
  const queue = createRedisTaskQueue(part('task queue'));
  async function close(): Promise<void> {
    const parts = [runStore, payloadStore, stateStore, cache, queue];
    await Promise.all(parts.map((each) => each.close()));
  }
  return { runStore, payloadStore, stateStore, cache, queue, warnings, close, [Symbol.asyncDispose]: close };
}

function warningsAbout(
  { evictionPolicy, durability }: ServerFacts,
  options: RedisStorageOptions,
): readonly string[] {
  const warnings: string[] = [];
  if (evictionPolicy !== undefined && evictionPolicy !== 'noeviction') {
    warnings.push(
      `the server deletes keys when its memory is full (maxmemory-policy ${evictionPolicy}), and with them runs and ` +
        'state: set it to noeviction, and keep a cache in another Redis',
    );
  }
  if (durability === undefined && options.durability === undefined) {
    warnings.push(
      "the server does not tell its settings, so that durability counts as 'process': say what it keeps by the option durability",
    );
  }
  if (durability === 'process') {
    warnings.push(
      'the server keeps nothing on its disk (appendonly no, no save), so runs end with it, and a worker does not take ' +
        'over those of a process that was killed: set appendonly to yes',
    );
  }
  return warnings;
}
