import { stateStoreContract } from '@aiwork/contract-tests';
import type { StateStore } from '@aiwork/core';
import { referenceStateStore } from '../../../../../contract-tests/src/saboteurs/state-store/reference.ts';
import { stateStoreSaboteurs } from '../../../../../contract-tests/src/saboteurs/state-store/saboteurs.ts';
import { type OurContract, withoutFaults } from '../our-contract.ts';

export const stateStores: OurContract<StateStore> = {
  contract: stateStoreContract,
  saboteurs: withoutFaults(stateStoreSaboteurs),
  reference: referenceStateStore,
};
