import type { StateStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { withCompareAndSet } from './conditions.ts';
import { put, readValue } from './writing.ts';

export const versions: CheckGroup<StateStore> = {
  id: 'versions',
  title: 'Versions and compare-and-set',
  checks: [
    {
      id: 'state-store.versions.differ',
      rule: 'The version differs after every write, also after delete and re-creation',
      anchor: 'StateEntry.version',
      why: 'a version that comes again lets a writer of long ago overwrite what it never saw (ABA)',
      async run(t) {
        const store = await t.open();
        const seen = new Set<string | undefined>();
        for (let n = 0; n < 6; n += 1) {
          for (let write = 0; write < 2; write += 1) {
            await put(store, 'key', 'same');
            seen.add((await store.get('key'))?.version);
          }
          await store.delete('key');
        }
        t.same(seen.size, 12, 'the number of different versions after 12 writes of one value');
      },
    },
    {
      id: 'state-store.versions.of-the-write',
      rule: 'The version a write gives is the one that readers see until the next write',
      anchor: 'StateStore.set',
      why: 'writers go on with the version they were given, without reading again',
      async run(t) {
        const store = await t.open();
        const version = await put(store, 'key', 1);
        await put(store, 'other', 1);
        t.same((await store.get('key'))?.version, version, 'the version in get()');
        t.same((await store.get('key'))?.version, version, 'the version in a second get()');
        t.same((await store.getMany(['key'])).get('key')?.version, version, 'the version in getMany()');
      },
    },
    {
      id: 'state-store.versions.create-only',
      rule: '`ifVersion: null` writes only if there is no such key',
      anchor: 'SetOptions.ifVersion',
      why: 'it is how one of many becomes the first',
      when: withCompareAndSet,
      async run(t) {
        const store = await t.open();
        await put(store, 'key', null, { ifVersion: null });
        t.same(await store.set('key', 2, { ifVersion: null }), { applied: false }, 'the second create');
        t.same(await readValue(store, 'key'), null, 'the value after the second create');
        await store.delete('key');
        await put(store, 'key', 3, { ifVersion: null });
        t.same(await readValue(store, 'key'), 3, 'the value created after delete()');
      },
    },
    {
      id: 'state-store.versions.replace-only-current',
      rule: '`ifVersion` writes only if the key has this version',
      anchor: 'SetOptions.ifVersion',
      why: 'a write over something newer is a lost update',
      when: withCompareAndSet,
      async run(t) {
        const store = await t.open();
        const first = await put(store, 'key', 1);
        const second = await put(store, 'key', 2, { ifVersion: first });
        t.same(
          await store.set('key', 3, { ifVersion: first }),
          { applied: false },
          'a write with the version before',
        );
        t.same(
          await store.set('key', 3, { ifVersion: 'no-such' }),
          { applied: false },
          'a write with an unknown version',
        );
        t.same(
          await store.set('key', 3, { ifVersion: '' }),
          { applied: false },
          'a write with the version ""',
        );
        t.same(
          await store.set('absent', 3, { ifVersion: second }),
          { applied: false },
          'a write of an absent key with a version',
        );
        t.same(await store.get('key'), { value: 2, version: second }, 'the entry after refused writes');
        t.same(await store.get('absent'), undefined, 'the absent key');
      },
    },
    {
      id: 'state-store.versions.guard-deletes',
      rule: 'With `ifVersion` an entry is deleted only if it has that version',
      anchor: 'StateStore.delete',
      why: 'a late clean-up would delete what somebody else has just written',
      when: withCompareAndSet,
      async run(t) {
        const store = await t.open();
        const first = await put(store, 'key', 1);
        const second = await put(store, 'key', 2);
        t.same(await store.delete('key', { ifVersion: first }), false, 'delete() with the version before');
        t.same(await store.delete('key', { ifVersion: '' }), false, 'delete() with the version ""');
        t.same(await readValue(store, 'key'), 2, 'the value after the refused delete()');
        t.same(await store.delete('key', { ifVersion: second }), true, 'delete() with the current version');
        t.same(await store.get('key'), undefined, 'the entry after delete()');
        t.same(await store.delete('key', { ifVersion: second }), false, 'delete() of an absent key');
      },
    },
  ],
};
