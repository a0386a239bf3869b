import { contractTests } from '../src/bindings/vitest.ts';
import { stateStoreContract } from '../src/index.ts';
import { memoryStateStore, sqliteStateStore } from './subjects.fixture.ts';

contractTests([
  { contract: stateStoreContract, name: 'memory', subject: memoryStateStore },
  {
    contract: stateStoreContract,
    name: 'SQLite, one connection for each client',
    subject: () => sqliteStateStore('manual'),
  },
  { contract: stateStoreContract, name: 'SQLite in real time', subject: () => sqliteStateStore('real') },
]);
