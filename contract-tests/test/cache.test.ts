import { contractTests } from '../src/bindings/vitest.ts';
import { cacheContract } from '../src/index.ts';
import { referenceCache } from '../src/saboteurs/cache/reference.ts';

// How much a cache keeps is its own affair: with room for everything, or for nothing but the last entry, it is one.
contractTests([
  {
    contract: cacheContract,
    name: 'a cache that evicts nothing',
    subject: () => referenceCache({ capacity: Number.POSITIVE_INFINITY }),
  },
  {
    contract: cacheContract,
    name: 'a cache with room for one entry',
    subject: () => referenceCache({ capacity: 1 }),
  },
  { contract: cacheContract, name: 'a cache in real time', subject: () => referenceCache({ time: 'real' }) },
]);
