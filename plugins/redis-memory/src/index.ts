export type { RedisMemoryOptions } from './options.ts';
export { type RedisMemoryPluginOptions, redisMemory } from './plugin.ts';
export { createRedisMemory, type RedisMemory } from './redis-memory.ts';
