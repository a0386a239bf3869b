import type { CallOptions, Memory, MemoryFilter, MemoryHit } from '@aiwork/core';
import { checkSignal, createCallGate } from '@aiwork/core/adapter-kit';
import { createMemoryReplica, type LocalMemoryQuery, type MemoryReplica } from '@aiwork/memory';
import { openRedisPlace, type RedisPlace } from '@aiwork/redis/adapter-kit';
import { followInBackground } from './follow-in-background.ts';
import { createFollower, type Follower } from './follower.ts';
import { forgetDocs } from './forget-docs.ts';
import { createKeptDocs, type KeptDocs } from './kept-docs.ts';
import { memoryKeys } from './memory-keys.ts';
import { type FollowSettings, followSettings, type RedisMemoryOptions } from './options.ts';
import { serverWarnings } from './server-warnings.ts';

/** A `Memory` of core that is kept in Redis, and searched in this process. @since 0.1.0 */
export interface RedisMemory extends Memory {
  /** What an operator should know about the settings of the server, in sentences. */
  readonly warnings: readonly string[];
  search(query: LocalMemoryQuery, options?: CallOptions): Promise<readonly MemoryHit[]>;
  /**
   * Deletes every document whose metadata fits, in steps of a thousand, and has every process that has the memory open
   * leave nothing of them. One that is written meanwhile, and fits, may stay.
   *
   * @returns how many there were.
   * @throws AiworkError with `outcome: 'unknown'` when some may be gone and others not: call it again.
   */
  forget(filter: MemoryFilter, options?: CallOptions): Promise<number>;
}

interface Parts {
  readonly place: RedisPlace;
  readonly docs: KeptDocs;
  readonly replica: MemoryReplica;
  readonly follower: Follower;
  readonly settings: FollowSettings;
  readonly warnings: readonly string[];
}

/**
 * Opens a memory in Redis 6.2 or newer, or what speaks its protocol and runs its scripts; no module is needed. Redis keeps
 * texts, metadata and vectors, and any number of processes share them; each reads all of them when it opens the memory, and
 * finds them with an index of its own, exactly as a memory of `@aiwork/memory` does.
 *
 * A write is one step of the server. A search asks the server first whether something has changed, and so sees every write
 * that resolved before it began, of any process; `maxStalenessMs` saves that round trip.
 *
 * A call waits for a connection at most `commandTimeoutMs`, and then rejects as `retryable`. A write whose answer was lost
 * is not sent again: it rejects with `outcome: 'unknown'`.
 *
 * @throws AiworkError `AIWORK_STORE_FAILED` when there is no server, it refuses the client, is a replica or too old;
 * `AIWORK_INVALID_ARGUMENT` when an option cannot be used, or the namespace was made for other vectors;
 * `AIWORK_CORRUPT_DATA` when the server, or somebody else, has deleted a part of the memory; `AIWORK_CANCELLED` when the
 * signal aborted.
 * @example
 * ```ts no-run: needs Redis
 * import { createRedisMemory } from '@aiwork/redis-memory';
 *
 * await using memory = await createRedisMemory({ url: 'redis://localhost:6379', namespace: 'shop' });
 * await memory.upsert([{ id: 'tea', text: 'Green tea is steeped at 80 °C', metadata: { kind: 'drink' } }]);
 * const [best] = await memory.search({ text: 'steeping tea', topK: 3, filter: { kind: 'drink' } });
 * console.log(best?.id); // tea
 * ```
 * @since 0.1.0
 */
export async function createRedisMemory(
  options: RedisMemoryOptions = {},
  signal?: AbortSignal,
): Promise<RedisMemory> {
  const settings = followSettings(options);
  const { ranking, tokenizer, maxTextBytes, vectors } = options;
  const replica = createMemoryReplica({
    ...(ranking && { ranking }),
    ...(tokenizer && { tokenizer }),
    ...(maxTextBytes !== undefined && { maxTextBytes }),
    ...(vectors && { vectors }),
  });
  const making = {
    dimensions: replica.capabilities.dimensions ?? 0,
    model: vectors?.embedder?.id ?? '',
  };
  const place = await openRedisPlace(options, signal);
  const docs = createKeptDocs(place.connection, memoryKeys(place.keyspace), making);
  const follower = createFollower(docs, replica);
  try {
    await follower.begin(options.onProgress, signal);
    const warnings = serverWarnings(place.facts, options);
    return memoryOf({ place, docs, replica, follower, settings, warnings });
  } catch (error) {
    await place.connection.close();
    throw error;
  }
}

function memoryOf({ place, docs, replica, follower, settings, warnings }: Parts): RedisMemory {
  const { connection, durability } = place;
  const background = followInBackground(docs, follower, settings.followEveryMs);
  const gate = createCallGate(`the memory in ${connection.where}`, async () => {
    background.end();
    await follower.close();
    await connection.close();
  });

  /** A write that may have been done has to be seen here, too. */
  async function written<T>(write: Promise<T>): Promise<T> {
    try {
      return await write;
    } catch (error) {
      follower.doubt();
      throw error;
    }
  }

  const memory: RedisMemory = {
    warnings,
    capabilities: Object.freeze({ ...replica.capabilities, durability }),
    upsert: (given, { signal } = {}) =>
      gate.pass(async () => {
        checkSignal(signal);
        const admitted = await replica.admit(given, { ...(signal && { signal }) });
        if (admitted.length === 0) return;
        const step = await written(docs.keep(admitted, signal));
        const { version } = step;
        await follower.take(step, { kept: admitted.map((doc) => ({ id: doc.id, version, doc })) });
      }),
    delete: (ids, { signal } = {}) =>
      gate.pass(async () => {
        checkSignal(signal);
        const admitted = replica.admitIds(ids);
        if (admitted.length === 0) return 0;
        const step = await written(docs.delete(admitted, signal));
        await follower.take(step, { dropped: admitted });
        return step.count;
      }),
    forget: (filter, { signal } = {}) =>
      gate.pass(() => written(forgetDocs({ docs, replica, follower, filter, signal }))),
    search: (query, { signal } = {}) =>
      gate.pass(async () => {
        await follower.catchUpWithin(settings.maxStalenessMs, signal);
        return replica.search(query, { ...(signal && { signal }) });
      }),
    count: ({ signal } = {}) =>
      gate.pass(async () => {
        await follower.catchUpWithin(settings.maxStalenessMs, signal);
        return replica.size;
      }),
    close: gate.close,
    [Symbol.asyncDispose]: gate.close,
  };
  return memory;
}
