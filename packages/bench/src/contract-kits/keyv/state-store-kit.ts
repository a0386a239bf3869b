import { defineKit } from '../kit.ts';
import { keyvUses } from './programs.ts';
import { stateStoreStorage } from './state-store-storage.ts';
import { stateStores } from './state-stores.ts';

export const keyvStateStoreKit = defineKit({
  package: '@keyv/test-suite',
  adapters: 'storage adapters of Keyv on state stores',
  suite: 'src/contract-kits/keyv/state-store.suite.ts',
  ours: stateStores,
  uses: keyvUses(stateStoreStorage),
});
