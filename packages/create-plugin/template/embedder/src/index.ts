import { definePlugin, type Plugin } from '@aiwork/core';
import { createEmbedder, type EmbedderOptions } from './embedder.ts';

export { createEmbedder, type EmbedderOptions } from './embedder.ts';

/** The plugin: `createOrchestrator({ plugins: [myPlugin()] })`. */
export function myPlugin(options: EmbedderOptions = {}): Plugin {
  return definePlugin({
    name: 'my-plugin',
    setup(host) {
      const embedder = createEmbedder(options);
      host.provide('embedder', embedder);
      return embedder; // closed when the orchestrator is
    },
  })();
}
