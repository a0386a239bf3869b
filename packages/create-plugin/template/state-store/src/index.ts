import { definePlugin, type Plugin } from '@aiwork/core';
import { createStateStore, type StateStoreOptions } from './state-store.ts';

export { createStateStore, type StateStoreOptions } from './state-store.ts';

/** The plugin: `createOrchestrator({ plugins: [myPlugin()] })`. */
export function myPlugin(options: StateStoreOptions = {}): Plugin {
  return definePlugin({
    name: 'my-plugin',
    setup(host) {
      const stateStore = createStateStore(options);
      host.provide('stateStore', stateStore);
      return stateStore; // closed when the orchestrator is
    },
  })();
}
