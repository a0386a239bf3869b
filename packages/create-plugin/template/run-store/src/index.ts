import { definePlugin, type Plugin } from '@aiwork/core';
import { createRunStore, type RunStoreOptions } from './run-store.ts';

export { createRunStore, type RunStoreOptions } from './run-store.ts';

/** The plugin: `createOrchestrator({ plugins: [myPlugin()] })`. */
export function myPlugin(options: RunStoreOptions = {}): Plugin {
  return definePlugin({
    name: 'my-plugin',
    setup(host) {
      const runStore = createRunStore(options);
      host.provide('runStore', runStore);
      return runStore; // closed when the orchestrator is
    },
  })();
}
