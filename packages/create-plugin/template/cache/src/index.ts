import { definePlugin } from '@aiwork/core';
import { type CacheOptions, createCache } from './cache.ts';

export { type CacheOptions, createCache } from './cache.ts';

/** The plugin: `createOrchestrator({ plugins: [myPlugin()] })`. */
export const myPlugin = definePlugin<CacheOptions | undefined>({
  name: 'my-plugin',
  setup(host, options) {
    const cache = createCache(options);
    host.provide('cache', cache);
    return cache; // closed when the orchestrator is
  },
});
