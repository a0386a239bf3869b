import type { StateStore } from '@aiwork/core';
import { type ContractRun, stateStoreContract } from '../src/index.ts';
import { referenceStateStore } from '../src/saboteurs/state-store/reference.ts';
import { stateStoreSaboteurs } from '../src/saboteurs/state-store/saboteurs.ts';

const merges = stateStoreSaboteurs.find(({ id }) => id === 'merges');

export default {
  contract: stateStoreContract,
  name: 'one that merges',
  subject: () =>
    merges?.sabotage(referenceStateStore()) ?? Promise.reject(new Error('there is no such saboteur')),
} satisfies ContractRun<StateStore>;
