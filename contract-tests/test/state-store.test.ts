import { contractTests } from '../src/bindings/vitest.ts';
import { stateStoreContract } from '../src/index.ts';
import { memoryStateStore, sqliteStateStore } from './subjects.fixture.ts';

contractTests(stateStoreContract, 'memory', memoryStateStore);
contractTests(stateStoreContract, 'SQLite, one connection for each client', () => sqliteStateStore('manual'));
contractTests(stateStoreContract, 'SQLite in real time', () => sqliteStateStore('real'));
