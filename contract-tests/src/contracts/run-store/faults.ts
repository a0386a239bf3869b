import type { RunStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { faultCheck } from '../faults/fault-check.ts';
import { keepingFaultChecks } from '../faults/fault-checks.ts';
import { contentSecret, type FaultPlan, type Mutation } from '../faults/fault-plan.ts';
import { survivesRestart } from '../faults/nothing-lost.ts';
import { create, runEvents, runRecord, seqsOf, write } from './journal.ts';

const leaseMs = 60_000;
const input = { token: contentSecret };

/** Whether `owner` may take the lease; gives it back. */
async function isFree(store: RunStore, id: string, owner: string): Promise<boolean> {
  const free = await store.lease(id, owner, leaseMs);
  if (free) await store.release(id, owner);
  return free;
}

const createRun: Mutation<RunStore> = {
  id: 'create',
  call: 'createRun()',
  async prepare(_direct, item) {
    return async (store, options) => {
      const given = await store.createRun(runRecord(item, { input }), options);
      return { applied: given === 'created', given };
    };
  },
  truth: async (direct, item) => ((await direct.getRun(item)) ? 'applied' : 'not-applied'),
};

const append: Mutation<RunStore> = {
  id: 'append',
  call: 'append()',
  async prepare(direct, item) {
    await create(direct, item);
    return async (store, options) => {
      const given = await store.append(item, { expectedSeq: 0, events: runEvents(item, 1, 2), ...options });
      return { applied: given.applied, given };
    };
  },
  async truth(direct, item) {
    const seen = await seqsOf(direct, item);
    if (seen.length === 0) return 'not-applied';
    return seen.join() === '1,2' ? 'applied' : { seen };
  },
};

const lease: Mutation<RunStore> = {
  id: 'lease',
  call: 'lease()',
  async prepare(direct, item) {
    await create(direct, item);
    return async (store, options) => {
      const given = await store.lease(item, 'owner', leaseMs, options);
      return { applied: given, given };
    };
  },
  truth: async (direct, item) => ((await isFree(direct, item, 'another')) ? 'not-applied' : 'applied'),
};

const release: Mutation<RunStore> = {
  id: 'release',
  call: 'release()',
  async prepare(direct, item) {
    await create(direct, item);
    await direct.lease(item, 'owner', leaseMs);
    return async (store, options) => ({ applied: true, given: await store.release(item, 'owner', options) });
  },
  truth: async (direct, item) => ((await isFree(direct, item, 'another')) ? 'applied' : 'not-applied'),
  overtaken: {
    by: 'a later lease()',
    overtake: (direct, item) => direct.lease(item, 'owner', leaseMs),
    stands: async (direct, item) => !(await isFree(direct, item, 'another')),
  },
};

const listed = 2000;

/** How the checks of faults use a run store. */
export const runPlan: FaultPlan<RunStore> = {
  contract: 'run-store',
  mutations: [createRun, append, lease, release],
  reads: [
    {
      call: 'getRun()',
      read: async (store, item, options) => store.getRun(item, options),
      gives: (item) => runRecord(item, { input }),
    },
    {
      call: 'list()',
      read: async (store, item, options) => {
        const { items } = await store.list({ limit: 1000, ...options });
        return items.some(({ id }) => id === item);
      },
      gives: () => true,
    },
  ],
  listing: {
    call: 'events()',
    async prepare(direct) {
      await create(direct, 'long');
      // Large enough that no store reads them all at once.
      const stepId = 'x'.repeat(2000);
      for (let from = 1; from <= listed; from += 100) {
        const events = runEvents('long', from, from + 99).map(
          (event) => ({ ...event, stepId }) as typeof event,
        );
        await direct.append('long', { expectedSeq: from - 1, events });
      }
      return listed;
    },
    list: (store) => store.events('long'),
  },
};

export const faults: CheckGroup<RunStore> = {
  id: 'faults',
  title: 'Faults on the wire, restarts and kills',
  checks: [
    ...keepingFaultChecks(runPlan),
    faultCheck(runPlan, {
      name: 'restart-keeps-leases',
      rule: 'A lease that has not expired is held over a restart of the service',
      anchor: 'RunStore.lease',
      why: 'two workers would go on with one run',
      needs: ['second-client', 'service-restart'],
      when: survivesRestart,
      async run(t) {
        const store = await t.open();
        await create(store, 'run');
        t.same(await store.lease('run', 'owner', leaseMs), true, 'lease() of a free run');
        await write(store, 'run', 1);
        await t.service.restart();
        const after = await t.open();
        t.same(
          await after.lease('run', 'another', leaseMs),
          false,
          'lease() by another owner after a restart',
        );
        const owned = { expectedSeq: 1, events: runEvents('run', 2), owner: 'owner' };
        t.same((await after.append('run', owned)).applied, true, 'applied of an append by the owner');
      },
    }),
  ],
};
