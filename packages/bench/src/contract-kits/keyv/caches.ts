import { cacheContract, embedded, type SubjectClock } from '@aiwork/contract-tests';
import type { Cache } from '@aiwork/core';
import { referenceCache } from '../../../../../contract-tests/src/saboteurs/cache/reference.ts';
import { createReferenceCache } from '../../../../../contract-tests/src/saboteurs/cache/reference-cache.ts';
import { cacheSaboteurs } from '../../../../../contract-tests/src/saboteurs/cache/saboteurs.ts';
import { clientOf } from '../../../../../contract-tests/src/saboteurs/client-of.ts';
import { type OurContract, withoutFaults } from '../our-contract.ts';

/** Room for all that a program or a suite sets: none of them expects that a cache forgets. */
const capacity = 10_000;

function roomyCache({ now, advance }: SubjectClock) {
  const spaces = new Map<string, Cache>();
  return {
    ...referenceCache(),
    clock: { now, advance },
    service: embedded,
    open({ namespace }: { readonly namespace: string }) {
      const shared = spaces.get(namespace) ?? createReferenceCache({ now, capacity });
      spaces.set(namespace, shared);
      return clientOf(shared, []);
    },
  };
}

export const caches: OurContract<Cache> = {
  contract: cacheContract,
  saboteurs: withoutFaults(cacheSaboteurs),
  reference: (clock) => (clock ? roomyCache(clock) : referenceCache()),
};
