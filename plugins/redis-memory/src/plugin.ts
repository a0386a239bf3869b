import { definePlugin, type Plugin } from '@aiwork/core';
import { followSettings, type RedisMemoryOptions } from './options.ts';
import { createRedisMemory } from './redis-memory.ts';

/** What {@link redisMemory} takes. @since 0.1.0 */
export interface RedisMemoryPluginOptions extends RedisMemoryOptions {
  /** What the memory is asked for by: `use('memory', name)`. Default `@aiwork/redis-memory`. */
  readonly name?: string;
  /** Whether this memory is the one that `use('memory')` gives. By default the first plugin that provides one is. */
  readonly default?: boolean;
}

/**
 * The plugin: fills the slot `memory`, which agents with `memory` in their options are reminded from. The memory is read when
 * the orchestrator begins, and closed with it.
 *
 * @example
 * ```ts no-run: needs Redis
 * import { createOrchestrator, defineTask } from '@aiwork/core';
 * import { redisMemory } from '@aiwork/redis-memory';
 * import { z } from 'zod';
 *
 * const recall = defineTask({
 *   id: 'recall',
 *   input: z.string(),
 *   run: async (question, { use, signal }) =>
 *     (await use('memory').search({ text: question, topK: 1 }, { signal }))[0]?.text,
 * });
 *
 * await using ai = createOrchestrator({ plugins: [redisMemory({ url: 'redis://localhost:6379' })] });
 * await (await ai.start(recall, 'where is the key?')).result();
 * ```
 * @throws AiworkError `AIWORK_INVALID_ARGUMENT` when an option cannot be used.
 * @since 0.1.0
 */
export function redisMemory(options: RedisMemoryPluginOptions = {}): Plugin {
  const { name = '@aiwork/redis-memory', default: isDefault = false, ...memoryOptions } = options;
  followSettings(memoryOptions);
  return definePlugin({
    name: '@aiwork/redis-memory',
    async setup(host, _options, signal) {
      const memory = await createRedisMemory(memoryOptions, signal);
      for (const warning of memory.warnings) host.log.warn(warning);
      host.provide('memory', memory, { name, default: isDefault });
      return memory;
    },
  })();
}
