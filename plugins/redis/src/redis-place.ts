import type { Durability } from '@aiwork/core';
import { type Connection, connect } from './connection.ts';
import { type Keyspace, keyspaceOf } from './keyspace.ts';
import type { RedisPlaceOptions } from './options.ts';
import { declaredDurability, readServerFacts, type ServerFacts } from './server-facts.ts';

/** A namespace of a Redis that is connected to. @since 0.1.0 */
export interface RedisPlace {
  readonly connection: Connection;
  readonly keyspace: Keyspace;
  /** What acknowledged writes survive: what was claimed, or else what the settings of the server say. */
  readonly durability: Durability;
  readonly facts: ServerFacts;
}

/**
 * Connects to a Redis for whatever keeps something there: calls that end in time and say what became of them, keys that
 * nobody else has, and what the server promises.
 *
 * @throws AiworkError `AIWORK_STORE_FAILED` when there is no server, it refuses the client, is a replica or too old;
 * `AIWORK_INVALID_ARGUMENT` when an option has a value that cannot be used, or `durability` is more than the settings of the
 * server keep.
 * @example
 * ```ts no-run: needs Redis
 * import { openRedisPlace } from '@aiwork/redis/adapter-kit';
 *
 * const { connection, keyspace } = await openRedisPlace({ url: 'redis://localhost:6379', namespace: 'shop' });
 * const count = { name: 'INCR', what: 'count a visit', lostReply: 'unknown' } as const;
 * console.log(await connection.send<number>(count, [`${keyspace.together}visits`], [])); // 1
 * await connection.close();
 * ```
 * @since 0.1.0
 */
export async function openRedisPlace(
  options: RedisPlaceOptions = {},
  signal?: AbortSignal,
): Promise<RedisPlace> {
  const { keyPrefix = 'aiwork:', namespace = 'default' } = options;
  const keyspace = keyspaceOf({ keyPrefix, namespace });
  const connection = await connect(options, signal);
  try {
    const facts = await readServerFacts(connection);
    const durability = declaredDurability(options.durability, facts.durability);
    return { connection, keyspace, durability, facts };
  } catch (error) {
    await connection.close();
    throw error;
  }
}
