export type { RedisConnectionOptions, RedisPlaceOptions, RedisStorageOptions } from './options.ts';
export { type RedisPluginOptions, redis } from './plugin.ts';
export { type RedisStorage, redisStorage } from './storage.ts';
export type { RedisTaskQueueOptions } from './task-queue/queue-options.ts';
