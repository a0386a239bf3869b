import { stateStoreContract } from '../src/index.ts';
import { referenceStateStore } from '../src/saboteurs/state-store/reference.ts';
import { stateStoreSaboteurs } from '../src/saboteurs/state-store/saboteurs.ts';

const merges = stateStoreSaboteurs.find(({ id }) => id === 'merges');

export default { contract: stateStoreContract, subject: () => merges?.sabotage(referenceStateStore()) };
