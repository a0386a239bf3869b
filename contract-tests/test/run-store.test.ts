import { contractTests } from '../src/bindings/vitest.ts';
import { runStoreContract } from '../src/index.ts';
import { memoryRunStore, sqliteRunStore } from './subjects.fixture.ts';

contractTests(runStoreContract, 'memory', memoryRunStore);
contractTests(runStoreContract, 'SQLite, one connection for each client', () => sqliteRunStore('manual'));
contractTests(runStoreContract, 'SQLite in real time', () => sqliteRunStore('real'));
