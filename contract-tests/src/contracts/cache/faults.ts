import type { Cache } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { faultChecks } from '../faults/fault-checks.ts';
import { contentSecret, type FaultPlan, type Mutation, type Truth } from '../faults/fault-plan.ts';
import { put, read, textOf } from './entries.ts';

const before = 'before';
const later = 'later';
const written = (item: string) => `${item} ${contentSecret}`;

/** What is gone may have been evicted. */
async function truth(cache: Cache, item: string): Promise<Truth> {
  const seen = await read(cache, item);
  if (seen === undefined) return 'untold';
  if (seen === before) return 'not-applied';
  return seen === written(item) ? 'applied' : { seen };
}

/** Nothing else is set in between: it cannot have been evicted. */
const overtaken: Mutation<Cache>['overtaken'] = {
  by: 'a later set()',
  overtake: (direct, item) => put(direct, item, later),
  stands: async (direct, item) => (await read(direct, item)) === later,
};

const set: Mutation<Cache> = {
  id: 'set',
  call: 'set()',
  async prepare(direct, item) {
    await put(direct, item, before);
    return async (cache, options) => ({
      applied: true,
      given: await cache.set(item, new Uint8Array(Buffer.from(written(item))), options),
    });
  },
  truth,
  overtaken,
};

const remove: Mutation<Cache> = {
  id: 'delete',
  call: 'delete()',
  async prepare(direct, item) {
    await put(direct, item, before);
    return async (cache, options) => {
      const given = await cache.delete(item, options);
      return { applied: given, given };
    };
  },
  truth,
  async undisturbed(direct, item) {
    const seen = await read(direct, item);
    return seen === undefined ? 'applied' : truth(direct, item);
  },
  overtaken,
};

/** How the checks of faults use a cache. A miss is never wrong, so none asks for what was set before something else. */
export const cachePlan: FaultPlan<Cache> = {
  contract: 'cache',
  mutations: [set, remove],
  reads: [
    {
      call: 'get()',
      async read(cache, item, options) {
        const value = await cache.get(item, options);
        return value && textOf(value);
      },
      gives: written,
      orElse: { value: undefined },
    },
  ],
};

export const faults: CheckGroup<Cache> = {
  id: 'faults',
  title: 'Faults on the wire',
  checks: faultChecks(cachePlan),
};
