import { runStoreContract } from '@aiwork/contract-tests';
import type { RunStore } from '@aiwork/core';
import { referenceRunStore } from '../../../../../contract-tests/src/saboteurs/run-store/reference.ts';
import { runStoreSaboteurs } from '../../../../../contract-tests/src/saboteurs/run-store/saboteurs.ts';
import { type OurContract, withoutFaults } from '../our-contract.ts';

export const runStores: OurContract<RunStore> = {
  contract: runStoreContract,
  saboteurs: withoutFaults(runStoreSaboteurs),
  reference: referenceRunStore,
};
