import { definePlugin, type Plugin } from '@aiwork/core';
import { createMemory, type MemoryOptions } from './memory.ts';

export { createMemory, type MemoryOptions } from './memory.ts';

/** The plugin: `createOrchestrator({ plugins: [myPlugin()] })`. */
export function myPlugin(options: MemoryOptions = {}): Plugin {
  return definePlugin({
    name: 'my-plugin',
    setup(host) {
      const memory = createMemory(options);
      host.provide('memory', memory);
      return memory; // closed when the orchestrator is
    },
  })();
}
