import { setTimeout as delay } from 'node:timers/promises';
import type { StateStore } from '@aiwork/core';
import type { CheckContext } from '../../engine/check-context.ts';
import type { CheckGroup } from '../../engine/contract.ts';
import { collect, forEachOf } from '../collect.ts';
import { endOf, mutationError } from '../faults/endings.ts';
import { faultCheck } from '../faults/fault-check.ts';
import { keepingFaultChecks } from '../faults/fault-checks.ts';
import { contentSecret, type FaultPlan, type Mutation, type Truth } from '../faults/fault-plan.ts';
import { overLink } from '../faults/faulty-link.ts';
import { survivesRestart } from '../faults/nothing-lost.ts';
import { all, withCompareAndSet, withList } from './conditions.ts';
import { put, readValue } from './writing.ts';

const before = 'before';
const written = (item: string) => ({ item, token: contentSecret });

/** Whether a write of an item happened, where `nothing` was there before. */
async function writeTruth(store: StateStore, item: string, nothing: unknown): Promise<Truth> {
  const seen = await readValue(store, item);
  if (seen === nothing) return 'not-applied';
  return (seen as { item?: string }).item === item ? 'applied' : { seen };
}

async function deleteTruth(store: StateStore, item: string): Promise<Truth> {
  const seen = await readValue(store, item);
  if (seen === undefined) return 'applied';
  return seen === before ? 'not-applied' : { seen };
}

type SetAnswer = Awaited<ReturnType<StateStore['set']>>;
const setAnswer = (given: SetAnswer) => ({
  applied: given.applied,
  given,
  ...(given.applied && { version: given.version }),
});
const versionOf = async (store: StateStore, item: string) => (await store.get(item))?.version;

const set: Mutation<StateStore> = {
  id: 'set',
  call: 'set()',
  async prepare(_direct, item) {
    return async (store, options) => setAnswer(await store.set(item, written(item), options));
  },
  truth: (direct, item) => writeTruth(direct, item, undefined),
  version: versionOf,
  overtaken: {
    by: 'a later set()',
    overtake: (direct, item) => put(direct, item, 'later'),
    stands: async (direct, item) => (await readValue(direct, item)) === 'later',
  },
};

const create: Mutation<StateStore> = {
  id: 'create',
  call: 'set() with ifVersion null',
  when: withCompareAndSet,
  async prepare(_direct, item) {
    return async (store, options) =>
      setAnswer(await store.set(item, written(item), { ...options, ifVersion: null }));
  },
  truth: (direct, item) => writeTruth(direct, item, undefined),
  version: versionOf,
  overtaken: {
    by: 'a later delete()',
    overtake: (direct, item) => direct.delete(item),
    stands: async (direct, item) => (await readValue(direct, item)) === undefined,
  },
};

const replace: Mutation<StateStore> = {
  id: 'replace',
  call: 'set() with ifVersion',
  when: withCompareAndSet,
  async prepare(direct, item) {
    const ifVersion = await put(direct, item, before);
    return async (store, options) =>
      setAnswer(await store.set(item, written(item), { ...options, ifVersion }));
  },
  truth: (direct, item) => writeTruth(direct, item, before),
  version: versionOf,
};

const remove: Mutation<StateStore> = {
  id: 'delete',
  call: 'delete()',
  async prepare(direct, item) {
    await put(direct, item, before);
    return async (store, options) => {
      const given = await store.delete(item, options);
      return { applied: given, given };
    };
  },
  truth: deleteTruth,
  overtaken: {
    by: 'a later set()',
    overtake: (direct, item) => put(direct, item, 'later'),
    stands: async (direct, item) => (await readValue(direct, item)) === 'later',
  },
};

const removeVersion: Mutation<StateStore> = {
  id: 'delete-version',
  call: 'delete() with ifVersion',
  when: withCompareAndSet,
  async prepare(direct, item) {
    const ifVersion = await put(direct, item, before);
    return async (store, options) => {
      const given = await store.delete(item, { ...options, ifVersion });
      return { applied: given, given };
    };
  },
  truth: deleteTruth,
};

const listed = 1500;

/** How the checks of faults use a state store. */
export const statePlan: FaultPlan<StateStore> = {
  contract: 'state-store',
  mutations: [set, create, replace, remove, removeVersion],
  reads: [
    {
      call: 'get()',
      read: async (store, item, options) => (await store.get(item, options))?.value,
      gives: written,
    },
    {
      call: 'getMany()',
      read: async (store, item, options) => (await store.getMany([item], options)).get(item)?.value,
      gives: written,
    },
    {
      call: 'keys()',
      read: async (store, item, options) =>
        store.capabilities.list === false ? [item] : collect(store.keys(item, options)),
      gives: (item) => [item],
    },
  ],
  listing: {
    call: 'keys()',
    when: withList,
    async prepare(direct) {
      await forEachOf(
        Array.from({ length: listed }, (_, n) => `listed ${n}`),
        (key) => put(direct, key, 1),
      );
      return listed;
    },
    list: (store) => store.keys('listed '),
  },
};

const raisers = 3;
const cuts = 20;
/** Fewer acknowledged raises say nothing. */
const leastRaises = 20;

interface Raises {
  applied: number;
  unknown: number;
}

/** Raises a counter by compare-and-set as long as `goesOn`, and counts what it is told. */
async function raise(
  t: CheckContext<StateStore>,
  store: StateStore,
  told: Raises,
  goesOn: () => boolean,
): Promise<void> {
  const what = 'set() with ifVersion while connections break';
  while (goesOn()) {
    await delay(1);
    const read = await endOf(t, 'get() while connections break', store.get('count'));
    if ('error' in read) continue;
    const count = Number(read.value?.value ?? 0);
    const ifVersion = read.value?.version ?? null;
    const ending = await endOf(t, what, store.set('count', count + 1, { ifVersion }));
    if ('value' in ending) told.applied += ending.value.applied ? 1 : 0;
    else if (mutationError(what, ending.error).outcome === 'unknown') told.unknown += 1;
  }
}

/** Waits until so many raises were acknowledged: an adapter that refuses everything counts nothing wrongly. */
async function raisedTo(t: CheckContext<StateStore>, told: Raises, count: number): Promise<void> {
  const withinMs = 2 * t.callDeadlineMs + 500;
  const end = performance.now() + withinMs;
  const expected = `${count} raises to be acknowledged within ${withinMs} ms after the connection was cut`;
  while (told.applied < count && !t.signal.aborted) {
    t.that(performance.now() < end, expected, told);
    await delay(5);
  }
}

export const faults: CheckGroup<StateStore> = {
  id: 'faults',
  title: 'Faults on the wire, restarts and kills',
  checks: [
    ...keepingFaultChecks(statePlan),
    faultCheck(statePlan, {
      name: 'cut-counts-once',
      rule: 'A counter raised by compare-and-set while connections break counts what was acknowledged, each once',
      anchor: 'SetOptions.ifVersion',
      why: 'budgets and quotas are such counters',
      when: withCompareAndSet,
      run: (t) =>
        overLink(t, statePlan, async ({ link, direct }) => {
          await link.latency(2);
          const stores = await Promise.all(
            Array.from({ length: raisers }, () => t.open({ throughLink: true })),
          );
          const told: Raises = { applied: 0, unknown: 0 };
          let over = false;
          const goesOn = () => !over && !t.signal.aborted;
          const raising = Promise.all(stores.map((store) => raise(t, store, told, goesOn)));
          // Awaited below; a raiser may find something before.
          raising.catch(() => {});
          const cutUntil = performance.now() + 2 * t.callDeadlineMs;
          for (let cut = 0; cut < cuts && performance.now() < cutUntil && goesOn(); cut += 1) {
            await Promise.race([delay(t.random.integer(10, 30)), raising]);
            await link.cut();
            // Who takes a while to end its calls and to connect again would be cut off each time before it has.
            await Promise.race([raisedTo(t, told, told.applied + 1), raising]);
          }
          await Promise.race([raisedTo(t, told, leastRaises), raising]);
          over = true;
          await raising;
          const { applied, unknown } = told;
          t.evidence('raises', told);
          const count = Number(await readValue(direct, 'count'));
          const expected = `a count from ${applied} to ${applied + unknown}: ${applied} raises were acknowledged, of ${unknown} it is unknown`;
          t.that(count >= applied && count <= applied + unknown, expected, count);
        }),
    }),
    faultCheck(statePlan, {
      name: 'restart-keeps-versions',
      rule: 'A version that was given before a restart of the service is good after it, and no other is',
      anchor: 'StateEntry.version',
      why: 'an update that was begun before the restart would overwrite what came between, or never be applied',
      needs: ['second-client', 'service-restart'],
      when: all(withCompareAndSet, survivesRestart),
      async run(t) {
        const store = await t.open();
        const stale = await put(store, 'key', 1);
        const ifVersion = await put(store, 'key', 2);
        await t.service.restart();
        const after = await t.open();
        t.same((await after.get('key'))?.version, ifVersion, 'the version after a restart');
        t.same(
          await after.set('key', 3, { ifVersion: stale }),
          { applied: false },
          'set() with a stale version',
        );
        t.same((await after.set('key', 3, { ifVersion })).applied, true, 'applied of set() with the version');
        const next = await put(after, 'other', 1);
        t.that(
          next !== ifVersion && next !== stale,
          'a version of its own for a write after a restart',
          next,
        );
      },
    }),
  ],
};
