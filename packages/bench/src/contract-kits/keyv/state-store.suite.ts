// A test file of Vitest: Keyv's own suite on one subject, in a worker of its own.
import keyvTestSuite, { keyvIteratorTests } from '@keyv/test-suite';
import Keyv from 'keyv';
import * as vitest from 'vitest';
import { subjectOf } from '../our-contract.ts';
import { stateStoreStorage } from './state-store-storage.ts';
import { stateStores } from './state-stores.ts';

const subject = await subjectOf(stateStores, vitest.inject('saboteur'));
const store = () => stateStoreStorage(async () => subject.open({ namespace: 'keyv' }));

// It is typed by Vitest 4, of which it uses nothing that Vitest 5 has not.
const runner = vitest as unknown as Parameters<typeof keyvTestSuite>[0];
keyvTestSuite(runner, Keyv, store);
keyvIteratorTests(runner, Keyv, store);
vitest.afterAll(() => subject.close?.());
