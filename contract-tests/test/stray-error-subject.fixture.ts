import { createMemoryStateStore } from '@aiwork/core';
import { defineSubject, embedded, stateStoreContract } from '../src/index.ts';

// A store that lets an error out which nobody can catch.
export default defineSubject({
  contract: stateStoreContract,
  name: 'one with a stray error',
  service: embedded,
  open() {
    const store = createMemoryStateStore();
    return {
      ...store,
      get(...args: Parameters<typeof store.get>) {
        setImmediate(() => {
          throw new Error('socket hang up');
        });
        return store.get(...args);
      },
    };
  },
});
