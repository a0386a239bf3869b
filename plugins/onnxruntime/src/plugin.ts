import { definePlugin, type Plugin } from '@aiwork/core';
import { createOnnxRuntime } from './runtime.ts';

/** What {@link onnxRuntime} takes. @since 0.1.0 */
export interface OnnxRuntimePluginOptions {
  /** What it is asked for by, as in `use('modelRuntime', name)`. Default `@aiwork/onnxruntime`. */
  readonly name?: string;
}

/**
 * The plugin: fills the slot `modelRuntime`. Models that are still open close with the orchestrator.
 *
 * @example
 * ```ts
 * import { createOrchestrator, defineTask } from '@aiwork/core';
 * import { onnxRuntime } from '@aiwork/onnxruntime';
 * import { z } from 'zod';
 *
 * const engine = defineTask({
 *   id: 'engine',
 *   input: z.null(),
 *   run: async (_, ctx) => ctx.use('modelRuntime').engine.name,
 * });
 * await using ai = createOrchestrator({ plugins: [onnxRuntime()] });
 * console.log(await (await ai.start(engine, null)).result()); // onnxruntime
 * ```
 * @since 0.1.0
 */
export function onnxRuntime({ name = '@aiwork/onnxruntime' }: OnnxRuntimePluginOptions = {}): Plugin {
  return definePlugin({
    name: '@aiwork/onnxruntime',
    setup(host) {
      const runtime = createOnnxRuntime();
      host.provide('modelRuntime', runtime, { name });
      return runtime;
    },
  })();
}
