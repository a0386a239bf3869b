import { definePlugin } from '@aiwork/core';
import { createStateStore, type StateStoreOptions } from './state-store.ts';

export { createStateStore, type StateStoreOptions } from './state-store.ts';

/** The plugin: `createOrchestrator({ plugins: [myPlugin()] })`. */
export const myPlugin = definePlugin<StateStoreOptions | undefined>({
  name: 'my-plugin',
  setup(host, options) {
    const stateStore = createStateStore(options);
    host.provide('stateStore', stateStore);
    return stateStore; // closed when the orchestrator is
  },
});
