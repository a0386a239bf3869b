import { createMemoryRunStore, createMemoryStateStore } from '@aiwork/core';
import {
  defineSubject,
  runStoreContract,
  ServiceUnavailable,
  serviceSource,
  stateStoreContract,
} from '../src/index.ts';

// Two adapters of a service that cannot be had.
const service = serviceSource('nothing', () =>
  Promise.reject(new ServiceUnavailable('no container engine answers')),
);

export default [
  defineSubject({
    contract: stateStoreContract,
    name: 'a state store',
    service,
    open: () => createMemoryStateStore(),
  }),
  defineSubject({
    contract: runStoreContract,
    name: 'a run store',
    service,
    open: () => createMemoryRunStore(),
  }),
];
