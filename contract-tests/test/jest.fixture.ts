import { createMemoryStateStore } from '@aiwork/core';
import { contractTests } from '../src/bindings/jest.ts';
import { defineSubject, embedded, manualClock, stateStoreContract } from '../src/index.ts';
import unavailable from './unavailable-subject.fixture.ts';

// Run by Jest: a correct store, one that loses every value, or those whose service cannot be had.
const clock = manualClock();

const store = (broken: boolean) =>
  defineSubject({
    contract: stateStoreContract,
    name: 'memory',
    clock,
    service: embedded,
    secondClient: { skipped: 'two in-memory stores never share anything' },
    open() {
      const memory = createMemoryStateStore({ now: clock.now });
      return broken ? { ...memory, get: async () => undefined } : memory;
    },
  });

const subject = process.env['SUBJECT'];
await contractTests(subject === 'unavailable' ? unavailable : store(subject === 'broken'), {
  profiles: ['core'],
});
