import { createMemoryStateStore } from '@aiwork/core';
import { defineSubject, embedded, stateStoreContract } from '../src/index.ts';

export default defineSubject({
  contract: stateStoreContract,
  name: 'memory',
  service: embedded,
  secondClient: { skipped: 'two in-memory stores never share anything' },
  open: () => createMemoryStateStore(),
});
