import { definePlugin, type Plugin } from '@aiwork/core';
import { type CacheOptions, createCache } from './cache.ts';

export { type CacheOptions, createCache } from './cache.ts';

/** The plugin: `createOrchestrator({ plugins: [myPlugin()] })`. */
export function myPlugin(options: CacheOptions = {}): Plugin {
  return definePlugin({
    name: 'my-plugin',
    setup(host) {
      const cache = createCache(options);
      host.provide('cache', cache);
      return cache; // closed when the orchestrator is
    },
  })();
}
