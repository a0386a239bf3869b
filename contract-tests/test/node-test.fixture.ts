import { createMemoryStateStore } from '@aiwork/core';
import { contractTests } from '../src/bindings/node-test.ts';
import { defineSubject, embedded, manualClock, stateStoreContract } from '../src/index.ts';

// Run by `node --test`: a correct store, or with `broken` one that loses every value.
const clock = manualClock();

const subject = defineSubject({
  contract: stateStoreContract,
  name: 'memory',
  clock,
  service: embedded,
  secondClient: { skipped: 'two in-memory stores never share anything' },
  open() {
    const store = createMemoryStateStore({ now: clock.now });
    return process.env['BROKEN'] === 'yes' ? { ...store, get: async () => undefined } : store;
  },
});

contractTests(subject, { profiles: ['core'] });
