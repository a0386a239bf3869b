export { type DiskCacheOptions, diskCache } from './disk-cache.ts';
export { type MemoryCacheOptions, memoryCache } from './memory-cache.ts';
export { type TieredCacheOptions, tieredCache } from './tiered-cache.ts';
