import { defineKit } from '../kit.ts';
import { cacheStorage } from './cache-storage.ts';
import { caches } from './caches.ts';
import { keyvUses } from './programs.ts';

export const keyvCacheKit = defineKit({
  package: '@keyv/test-suite',
  adapters: 'storage adapters of Keyv on caches',
  suite: 'src/contract-kits/keyv/cache.suite.ts',
  ours: caches,
  uses: keyvUses(cacheStorage),
});
