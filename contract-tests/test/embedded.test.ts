import { contractTests } from '../src/bindings/vitest.ts';
import { runStoreContract, stateStoreContract } from '../src/index.ts';
import contract from './embedded.contract.ts';
import { sqliteRunStore, sqliteStateStore } from './sqlite-subjects.fixture.ts';

const name = 'SQLite, its time moved by hand';

contractTests([
  ...contract,
  { contract: stateStoreContract, name, subject: () => sqliteStateStore('manual') },
  { contract: runStoreContract, name, subject: () => sqliteRunStore('manual') },
]);
