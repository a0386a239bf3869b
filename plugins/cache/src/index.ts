export type { CacheEvent, CacheListener } from './cache-event.ts';
export { type CachedModelOptions, cachedModel } from './chat/cached-model.ts';
export type { HitReport } from './chat/hit-report.ts';
export { measureThresholds, type QuestionPair, type ThresholdResult } from './chat/measure-thresholds.ts';
export { type SemanticModel, type SemanticModelOptions, semanticModel } from './chat/semantic-model.ts';
export { type DiskCacheOptions, diskCache } from './disk-cache.ts';
export { type MemoryCacheOptions, memoryCache } from './memory-cache.ts';
export { type ReadThrough, type ReadThroughOptions, readThrough } from './read-through.ts';
export { type TieredCacheOptions, tieredCache } from './tiered-cache.ts';
