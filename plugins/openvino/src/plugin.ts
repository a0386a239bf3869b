import { definePlugin, type Plugin } from '@aiwork/core';
import { createOpenvinoRuntime } from './create-openvino-runtime.ts';
import type { OpenvinoOptions } from './options.ts';

/** What {@link openvino} takes. @since 0.1.0 */
export interface OpenvinoPluginOptions extends OpenvinoOptions {
  /** What the runtime is asked for by, as in `use('modelRuntime', name)`. Default `@aiwork/openvino`. */
  readonly name?: string;
}

/**
 * The plugin: fills the slot `modelRuntime`, and closes it with the orchestrator.
 *
 * @example
 * ```ts no-run: needs OpenVINO and a model
 * import { createOrchestrator, defineTask } from '@aiwork/core';
 * import { openvino } from '@aiwork/openvino';
 * import { z } from 'zod';
 *
 * const score = defineTask({
 *   id: 'score',
 *   input: z.array(z.number()),
 *   async run(features, { use }) {
 *     await using model = await use('modelRuntime').load({ path: 'score.onnx' });
 *     const x = { type: 'float32', shape: [1, features.length], data: Float32Array.from(features) } as const;
 *     const { y } = await model.infer({ x });
 *     return Number(y?.data[0]);
 *   },
 * });
 * await using ai = createOrchestrator({ plugins: [openvino()] });
 * console.log(await (await ai.start(score, [0.5, 1])).result());
 * ```
 * @since 0.1.0
 */
export function openvino({ name = '@aiwork/openvino', ...options }: OpenvinoPluginOptions = {}): Plugin {
  return definePlugin({
    name: '@aiwork/openvino',
    async setup(host) {
      const runtime = await createOpenvinoRuntime(options);
      host.provide('modelRuntime', runtime, { name });
      return runtime;
    },
  })();
}
