/**
 * For packages that keep something of their own in Redis: the connection, the keys and the scripts that the stores of
 * `@aiwork/redis` stand on.
 *
 * @module
 */
export type { Argument, Command, Connection, RequestOptions } from './connection.ts';
export type { Keyspace } from './keyspace.ts';
export type { RedisConnectionOptions, RedisPlaceOptions } from './options.ts';
export { openRedisPlace, type RedisPlace } from './redis-place.ts';
export { defineScript, type LostReply, type Script } from './script.ts';
export type { ServerFacts } from './server-facts.ts';
