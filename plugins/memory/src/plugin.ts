import { definePlugin, type Plugin } from '@aiwork/core';
import { createMemory } from './local-memory.ts';
import { openMemory } from './open-memory.ts';
import { type MemoryOptions, settingsFrom } from './options.ts';
import type { FilePath } from './storage/file-path.ts';

/** What {@link memory} takes. @since 0.1.0 */
export interface MemoryPluginOptions extends MemoryOptions {
  /** What the memory is asked for by: `use('memory', name)`. Default `@aiwork/memory`. */
  readonly name?: string;
  /** Whether this memory is the one that `use('memory')` gives. By default the first plugin that provides one is. */
  readonly default?: boolean;
  /** Where the memory lives, as {@link openMemory} says. Left out, it is gone with the orchestrator. */
  readonly file?: FilePath;
}

/**
 * The plugin: fills the slot `memory`, which agents with `memory` in their options are reminded from.
 *
 * @example
 * ```ts
 * import { createOrchestrator, defineTask } from '@aiwork/core';
 * import { memory } from '@aiwork/memory';
 * import { z } from 'zod';
 *
 * const recall = defineTask({
 *   id: 'recall',
 *   input: z.string(),
 *   async run(question, { use, signal }) {
 *     const notes = use('memory');
 *     await notes.upsert([{ id: 'n1', text: 'The spare key is under the blue pot' }], { signal });
 *     return (await notes.search({ text: question, topK: 1 }, { signal }))[0]?.text;
 *   },
 * });
 *
 * await using ai = createOrchestrator({ plugins: [memory()] });
 * const run = await ai.start(recall, 'where is the key?');
 * console.log(await run.result()); // The spare key is under the blue pot
 * ```
 * @throws AiworkError `AIWORK_INVALID_ARGUMENT` when an option cannot be used.
 * @since 0.1.0
 */
export function memory(options: MemoryPluginOptions = {}): Plugin {
  const { name = '@aiwork/memory', default: isDefault = false, file, ...memoryOptions } = options;
  settingsFrom(memoryOptions);
  return definePlugin({
    name: '@aiwork/memory',
    async setup(host, _options, signal) {
      const opened =
        file === undefined
          ? createMemory(memoryOptions)
          : await openMemory(file, { ...memoryOptions, signal });
      host.provide('memory', opened, { name, default: isDefault });
      return { [Symbol.asyncDispose]: () => opened.close() };
    },
  })();
}
