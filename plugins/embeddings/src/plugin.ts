import { definePlugin, type Plugin } from '@aiwork/core';
import type { ServedModels } from './engine/served-models.ts';

/**
 * The plugin: fills the slot `embedder` with each model under its name; the first is the default. It closes no model.
 *
 * @example
 * ```ts no-run: needs a converted model
 * import { createOrchestrator } from '@aiwork/core';
 * import { createServedModels, embeddings, loadEmbedder } from '@aiwork/embeddings';
 * import { createOnnxRuntime } from '@aiwork/onnxruntime';
 *
 * await using runtime = createOnnxRuntime();
 * await using models = createServedModels({ minilm: await loadEmbedder('minilm.arrow', { runtime }) });
 * await using ai = createOrchestrator({ plugins: [embeddings(models)] });
 * ```
 * @since 0.1.0
 */
export function embeddings(models: ServedModels): Plugin {
  return definePlugin({
    name: '@aiwork/embeddings',
    setup(host) {
      const views = models.names.map((name) => ({ name, view: models.embedder(name) }));
      for (const { name, view } of views) host.provide('embedder', view, { name });
      return {
        async [Symbol.asyncDispose]() {
          await Promise.all(views.map(({ view }) => view.close()));
        },
      };
    },
  })();
}
