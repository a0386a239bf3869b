import { definePlugin } from '@aiwork/core';
import { createRunStore, type RunStoreOptions } from './run-store.ts';

export { createRunStore, type RunStoreOptions } from './run-store.ts';

/** The plugin: `createOrchestrator({ plugins: [myPlugin()] })`. */
export const myPlugin = definePlugin<RunStoreOptions | undefined>({
  name: 'my-plugin',
  setup(host, options) {
    const runStore = createRunStore(options);
    host.provide('runStore', runStore);
    return runStore; // closed when the orchestrator is
  },
});
