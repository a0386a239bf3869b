import { definePlugin } from '@aiwork/core';
import { createMemory, type MemoryOptions } from './memory.ts';

export { createMemory, type MemoryOptions } from './memory.ts';

/** The plugin: `createOrchestrator({ plugins: [myPlugin()] })`. */
export const myPlugin = definePlugin<MemoryOptions | undefined>({
  name: 'my-plugin',
  setup(host, options) {
    const memory = createMemory(options);
    host.provide('memory', memory);
    return memory; // closed when the orchestrator is
  },
});
