import { contractTests } from '../src/bindings/vitest.ts';
import { runStoreContract } from '../src/index.ts';
import { memoryRunStore, sqliteRunStore } from './subjects.fixture.ts';

contractTests([
  { contract: runStoreContract, name: 'memory', subject: memoryRunStore },
  {
    contract: runStoreContract,
    name: 'SQLite, one connection for each client',
    subject: () => sqliteRunStore('manual'),
  },
  { contract: runStoreContract, name: 'SQLite in real time', subject: () => sqliteRunStore('real') },
]);
