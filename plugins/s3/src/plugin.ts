import { definePlugin, type Plugin } from '@aiwork/core';
import { createS3Cache } from './create-s3-cache.ts';
import type { S3CacheOptions } from './options.ts';

/** What {@link s3} takes. @since 0.1.0 */
export interface S3PluginOptions extends S3CacheOptions {
  /** What the cache is asked for by, as in `use('cache', name)`. Default `@aiwork/s3`. */
  readonly name?: string;
}

/**
 * The plugin: fills the slot `cache`.
 *
 * @example
 * ```ts no-run: needs a bucket
 * import { createOrchestrator } from '@aiwork/core';
 * import { s3 } from '@aiwork/s3';
 *
 * await using ai = createOrchestrator({ plugins: [s3({ bucket: 'my-cache', region: 'eu-central-1' })] });
 * ```
 * @since 0.1.0
 */
export function s3(options: S3PluginOptions): Plugin {
  const { name = '@aiwork/s3', ...cacheOptions } = options;
  return definePlugin({
    name: '@aiwork/s3',
    async setup(host, _options, signal) {
      const cache = await createS3Cache(cacheOptions, signal);
      host.provide('cache', cache, { name });
      return cache;
    },
  })();
}
