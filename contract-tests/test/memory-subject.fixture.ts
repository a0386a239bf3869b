import { createMemoryStateStore } from '@aiwork/core';
import { stateStoreContract } from '../src/index.ts';

export default {
  contract: stateStoreContract,
  subject: () => ({
    name: 'memory',
    provides: { 'second-client': { skipped: 'two in-memory stores never share anything' } },
    open: () => createMemoryStateStore(),
  }),
};
