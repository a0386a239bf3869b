export { createS3Cache } from './create-s3-cache.ts';
export type { S3CacheOptions, S3Credentials } from './options.ts';
export { type S3PluginOptions, s3 } from './plugin.ts';
