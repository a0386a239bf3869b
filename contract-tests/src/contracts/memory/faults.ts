import type { Memory } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { keepingFaultChecks } from '../faults/fault-checks.ts';
import { contentSecret, type FaultPlan, type Mutation } from '../faults/fault-plan.ts';
import { byText, foundIds } from './searching.ts';

const idsOf = (item: string): readonly string[] => [`${item}a`, `${item}b`, `${item}c`];
const docsOf = (item: string) => idsOf(item).map((id) => ({ id, text: `${item} ${contentSecret}` }));

const upsert: Mutation<Memory> = {
  id: 'upsert',
  call: 'upsert() of three documents',
  async prepare(_direct, item) {
    return async (memory, options) => ({ applied: true, given: await memory.upsert(docsOf(item), options) });
  },
  async truth(direct, item) {
    const seen = await foundIds(direct, item);
    if (seen.length === 0) return 'not-applied';
    return seen.length === 3 ? 'applied' : { seen };
  },
  overtaken: {
    by: 'a later delete()',
    overtake: (direct, item) => direct.delete(idsOf(item)),
    stands: async (direct, item) => (await foundIds(direct, item)).length === 0,
  },
};

const remove: Mutation<Memory> = {
  id: 'delete',
  call: 'delete() of three documents',
  async prepare(direct, item) {
    await direct.upsert(docsOf(item));
    return async (memory, options) => {
      const given = await memory.delete(idsOf(item), options);
      return { applied: given === 3, given };
    };
  },
  async truth(direct, item) {
    const seen = await foundIds(direct, item);
    if (seen.length === 0) return 'applied';
    return seen.length === 3 ? 'not-applied' : { seen };
  },
  overtaken: {
    by: 'a later upsert()',
    overtake: (direct, item) => direct.upsert(docsOf(item)),
    stands: async (direct, item) => (await foundIds(direct, item)).length === 3,
  },
};

/** How the checks of faults use a memory. */
export const memoryPlan: FaultPlan<Memory> = {
  contract: 'memory',
  when: byText,
  mutations: [upsert, remove],
  reads: [
    {
      call: 'search()',
      async read(memory, item, options) {
        const hits = await memory.search({ text: item, topK: 10 }, options);
        return hits.map(({ id }) => id).sort();
      },
      gives: idsOf,
    },
  ],
};

export const faults: CheckGroup<Memory> = {
  id: 'faults',
  title: 'Faults on the wire, restarts and kills',
  checks: keepingFaultChecks(memoryPlan),
};
