import type { StateStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { collect } from '../collect.ts';
import { isDeepFrozen } from '../deep-frozen.ts';
import { put } from './writing.ts';

const unsupported = { code: 'AIWORK_UNSUPPORTED_CAPABILITY' } as const;

const isCount = (value: unknown) => typeof value === 'number' && value > 0;
const isTime = (value: unknown) => typeof value === 'number' && value >= 0 && Number.isFinite(value);

export const capabilities: CheckGroup<StateStore> = {
  id: 'capabilities',
  title: 'Capabilities',
  checks: [
    {
      id: 'state-store.capabilities.declared',
      rule: 'Capabilities are declared in full, with values that mean something',
      anchor: 'StateStoreCapabilities',
      why: 'the engine and these checks decide by them',
      async run(t) {
        const { consistency, compareAndSet, ttl, list, maxKeyBytes, maxValueBytes, durability } =
          t.capabilities;
        const eventual = typeof consistency === 'object' ? isTime(consistency?.eventualMs) : undefined;
        t.that(
          eventual ?? ['linearizable', 'read-your-writes'].includes(consistency as string),
          'consistency to be one of the contract',
          consistency,
        );
        t.that(typeof compareAndSet === 'boolean', 'compareAndSet to be a boolean', compareAndSet);
        t.that(
          ttl === false || (isTime(ttl?.granularityMs) && isTime(ttl?.maxLateMs)),
          'ttl to be false or to carry granularityMs and maxLateMs',
          ttl,
        );
        t.that(
          list === false || ['none', 'lexicographic'].includes(list?.order),
          'list to be false or to carry its order',
          list,
        );
        t.that(
          isCount(maxKeyBytes) && isCount(maxValueBytes),
          'maxKeyBytes and maxValueBytes to be greater than 0',
          { maxKeyBytes, maxValueBytes },
        );
        t.that(
          ['process', 'service-restart', 'service-kill'].includes(durability),
          'durability to be one of the contract',
          durability,
        );
      },
    },
    {
      id: 'state-store.capabilities.frozen',
      rule: 'Capabilities are frozen, and the same for every client',
      anchor: 'Adapter.capabilities',
      why: 'what a caller decided by must not change under it',
      async run(t) {
        const store = await t.open();
        t.that(isDeepFrozen(store.capabilities), 'capabilities to be frozen in depth', store.capabilities);
        t.same(store.capabilities, t.capabilities, 'the capabilities of another client');
        await put(store, 'key', 1);
        t.same(store.capabilities, t.capabilities, 'the capabilities after a write');
      },
    },
    {
      id: 'state-store.capabilities.refuses-compare-and-set',
      rule: 'A store that declares no compare-and-set refuses it without effect',
      anchor: 'StateStoreCapabilities.compareAndSet',
      why: 'a guard that is ignored is worse than none',
      when: ({ compareAndSet }) => !compareAndSet || 'compareAndSet is declared',
      async run(t) {
        const store = await t.open();
        const version = await put(store, 'key', 1);
        await t.refuses(
          () => store.set('new', 1, { ifVersion: null }),
          'set() with ifVersion null',
          unsupported,
        );
        await t.refuses(
          () => store.set('key', 2, { ifVersion: version }),
          'set() with ifVersion',
          unsupported,
        );
        await t.refuses(
          () => store.delete('key', { ifVersion: version }),
          'delete() with ifVersion',
          unsupported,
        );
        t.same((await store.get('key'))?.value, 1, 'the value after refused writes');
        t.same(await store.get('new'), undefined, 'the key after a refused create');
      },
    },
    {
      id: 'state-store.capabilities.refuses-ttl',
      rule: 'A store that declares no time to live refuses one without effect',
      anchor: 'StateStoreCapabilities.ttl',
      why: 'what should have expired would stay for ever',
      when: ({ ttl }) => ttl === false || 'ttl is declared',
      async run(t) {
        const store = await t.open();
        await t.refuses(() => store.set('key', 1, { ttlMs: 1000 }), 'set() with ttlMs', unsupported);
        t.same(await store.get('key'), undefined, 'the key after a refused write');
      },
    },
    {
      id: 'state-store.capabilities.refuses-list',
      rule: 'A store that declares no listing refuses it',
      anchor: 'StateStoreCapabilities.list',
      why: 'an empty listing reads as "nothing is there"',
      when: ({ list }) => list === false || 'list is declared',
      async run(t) {
        const store = await t.open();
        await put(store, 'key', 1);
        await t.refuses(() => collect(store.keys()), 'keys()', { ...unsupported, notApplied: false });
      },
    },
  ],
};
