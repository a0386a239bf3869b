import { defineKit } from '../kit.ts';
import { stateStores } from './state-stores.ts';
import { keyvUses } from './uses.ts';

export const keyvKit = defineKit({
  package: '@keyv/test-suite',
  adapters: 'storage adapters of Keyv',
  suite: 'src/contract-kits/keyv/suite.ts',
  ours: stateStores,
  uses: keyvUses,
});
