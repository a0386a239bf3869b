import { definePlugin, type Plugin } from '@aiwork/core';
import { type PostgresMemoryOptions, settingsFrom } from './options.ts';
import { createPostgresMemory } from './postgres-memory.ts';

/** What {@link postgres} takes. @since 0.1.0 */
export interface PostgresPluginOptions extends PostgresMemoryOptions {
  /** What the memory is asked for by: `use('memory', name)`. Default `@aiwork/postgres`. */
  readonly name?: string;
  /** Whether this memory is the one that `use('memory')` gives. By default the first plugin that provides one is. */
  readonly default?: boolean;
}

/**
 * The plugin: fills the slot `memory`, which agents with `memory` in their options are reminded from. Its connections end
 * with the orchestrator.
 *
 * @example
 * ```ts no-run: needs PostgreSQL
 * import { createOrchestrator, defineTask } from '@aiwork/core';
 * import { postgres } from '@aiwork/postgres';
 * import { z } from 'zod';
 *
 * const recall = defineTask({
 *   id: 'recall',
 *   input: z.string(),
 *   async run(question, { use, signal }) {
 *     return (await use('memory').search({ text: question, topK: 1 }, { signal }))[0]?.text;
 *   },
 * });
 *
 * await using ai = createOrchestrator({ plugins: [postgres({ url: 'postgres://localhost/app' })] });
 * console.log(await (await ai.start(recall, 'where is the key?')).result());
 * ```
 * @throws AiworkError `AIWORK_INVALID_ARGUMENT` when an option cannot be used.
 * @since 0.1.0
 */
export function postgres(options: PostgresPluginOptions = {}): Plugin {
  const { name = '@aiwork/postgres', default: isDefault = false, ...memoryOptions } = options;
  settingsFrom(memoryOptions);
  return definePlugin({
    name: '@aiwork/postgres',
    async setup(host, _options, signal) {
      const memory = await createPostgresMemory(memoryOptions, signal);
      host.provide('memory', memory, { name, default: isDefault });
      return memory;
    },
  })();
}
