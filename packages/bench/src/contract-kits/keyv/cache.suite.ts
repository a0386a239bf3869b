// A test file of Vitest: Keyv's own suite on one subject, in a worker of its own.
import keyvTestSuite from '@keyv/test-suite';
import Keyv from 'keyv';
import * as vitest from 'vitest';
import { subjectOf } from '../our-contract.ts';
import { cacheStorage } from './cache-storage.ts';
import { caches } from './caches.ts';

const subject = await subjectOf(caches, vitest.inject('saboteur'));

// It is typed by Vitest 4, of which it uses nothing that Vitest 5 has not.
const runner = vitest as unknown as Parameters<typeof keyvTestSuite>[0];
keyvTestSuite(runner, Keyv, () => cacheStorage(async () => subject.open({ namespace: 'keyv' })));
vitest.afterAll(() => subject.close?.());
