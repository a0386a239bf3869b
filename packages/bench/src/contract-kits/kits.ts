import { keyvCacheKit } from './keyv/cache-kit.ts';
import { keyvStateStoreKit } from './keyv/state-store-kit.ts';
import { langgraphKit } from './langgraph/langgraph-kit.ts';

export const kits = {
  'keyv-state-store': keyvStateStoreKit,
  'keyv-cache': keyvCacheKit,
  langgraph: langgraphKit,
};

export type KitName = keyof typeof kits;
