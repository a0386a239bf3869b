import { createMemoryStateStore } from '@aiwork/core';
import { defineSubject, serviceSource, stateStoreContract } from '../src/index.ts';

// A store whose reads never end, on a service that says when it is closed.
export default defineSubject({
  contract: stateStoreContract,
  name: 'one that never answers',
  service: serviceSource('nothing', async () => ({
    facts: { name: 'nothing', version: '1.0', settings: {} },
    address: { host: '127.0.0.1', port: 7 },
    async close() {
      process.stderr.write('the service is closed\n');
    },
  })),
  open() {
    const store = createMemoryStateStore();
    return {
      ...store,
      get: () => new Promise<undefined>(() => {}),
      async close() {
        await store.close();
        process.stderr.write('a client is closed\n');
      },
    };
  },
});
