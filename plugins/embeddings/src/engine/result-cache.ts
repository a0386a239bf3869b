import { limitOption } from '@aiwork/core/adapter-kit';
import { LRUCache } from 'lru-cache';
import { countOption } from './count-option.ts';

/** What has become of a text. It is shared: whoever gives the vector away copies it. */
export interface EmbeddedText {
  readonly vector: Float32Array;
  readonly tokens: number;
  readonly isTruncated: boolean;
}

/** Results for texts that come again; those that were used longest ago are let go first. */
export interface ResultCache {
  find(key: string): EmbeddedText | undefined;
  keep(key: string, result: EmbeddedText): void;
  stats(): { readonly cacheHits: number; readonly cacheEntries: number; readonly cacheBytes: number };
}

interface CacheOptions {
  readonly cacheEntries?: number;
  readonly cacheBytes?: number;
}

/** What an entry takes beside its text and numbers: a little more than was measured on a heap of 20,000. */
const entryBytes = 400;

const sizeOf = ({ vector }: EmbeddedText, key: string) => entryBytes + vector.byteLength + 2 * key.length;

/** @throws `AIWORK_INVALID_ARGUMENT` when an option cannot be used. */
export function createResultCache({ cacheEntries, cacheBytes }: CacheOptions): ResultCache {
  const max = countOption(cacheEntries, { name: 'cacheEntries', standard: 10_000, least: 0 });
  const maxSize = limitOption(cacheBytes, 'cacheBytes', 32 * 1024 * 1024);
  if (max === 0) return keepNothing;
  const entries = new LRUCache<string, EmbeddedText>({ max, maxSize, sizeCalculation: sizeOf });
  let cacheHits = 0;
  return {
    find(key) {
      const found = entries.get(key);
      if (found) cacheHits += 1;
      return found;
    },
    keep: (key, result) => void entries.set(key, result),
    stats: () => ({ cacheHits, cacheEntries: entries.size, cacheBytes: entries.calculatedSize }),
  };
}

const keepNothing: ResultCache = {
  find: () => undefined,
  keep: () => {},
  stats: () => ({ cacheHits: 0, cacheEntries: 0, cacheBytes: 0 }),
};
