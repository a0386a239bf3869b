import { definePlugin, type Plugin } from '@aiwork/core';
import type { RedisStorageOptions } from './options.ts';
import { redisStorage } from './storage.ts';

/** What {@link redis} takes. @since 0.1.0 */
export interface RedisPluginOptions extends RedisStorageOptions {
  /** What the five are asked for by, as in `use('cache', name)`. Default `@aiwork/redis`. */
  readonly name?: string;
}

/**
 * The plugin: fills the slots `runStore`, `payloadStore`, `stateStore`, `cache` and `queue` over one connection, which ends with
 * the orchestrator. Runs survive the process, and any number of processes may share them.
 *
 * @example
 * ```ts no-run: needs Redis
 * import { createOrchestrator, defineTask } from '@aiwork/core';
 * import { redis } from '@aiwork/redis';
 * import { z } from 'zod';
 *
 * const double = defineTask({ id: 'double', input: z.number(), run: (n) => n * 2 });
 * await using ai = createOrchestrator({ plugins: [redis({ url: 'redis://localhost:6379' })] });
 * console.log(await (await ai.start(double, 21)).result()); // 42
 * ```
 * @since 0.1.0
 */
export function redis(options: RedisPluginOptions = {}): Plugin {
  const { name = '@aiwork/redis', ...storageOptions } = options;
  return definePlugin({
    name: '@aiwork/redis',
    async setup(host, _options, signal) {
      const storage = await redisStorage(storageOptions, signal);
      for (const warning of storage.warnings) host.log.warn(warning);
      host.provide('runStore', storage.runStore, { name });
      host.provide('payloadStore', storage.payloadStore, { name });
      host.provide('stateStore', storage.stateStore, { name });
      host.provide('cache', storage.cache, { name });
      host.provide('queue', storage.queue, { name });
      return storage;
    },
  })();
}
