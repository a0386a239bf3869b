import type { StateStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { forEachOf } from '../collect.ts';
import { put } from './writing.ts';

export const many: CheckGroup<StateStore> = {
  id: 'many',
  title: 'Reading many entries',
  checks: [
    {
      id: 'state-store.many.those-that-exist',
      rule: 'Of many keys, the entries of those that exist come back, each with what `get` gives',
      anchor: 'StateStore.getMany',
      why: 'batch reads are used interchangeably with single ones',
      async run(t) {
        const store = await t.open();
        for (const [key, value] of [
          ['a', 0],
          ['__proto__', null],
          ['b', false],
        ] as const) {
          await put(store, key, value);
        }
        const found = await store.getMany(['a', 'absent', '__proto__', 'a', 'b']);
        t.that(found instanceof Map, 'getMany() to give a Map', found);
        t.same([...found.keys()].sort(), ['__proto__', 'a', 'b'], 'the keys that getMany() found');
        for (const [key, entry] of found)
          t.same(entry, await store.get(key), `the entry of ${key} in getMany()`);
        t.same(await store.getMany([]), new Map(), 'getMany([])');
      },
    },
    {
      id: 'state-store.many.beyond-a-batch',
      rule: 'Any number of keys can be read at once',
      anchor: 'StateStore.getMany',
      why: 'services bound the size of one command; an adapter has to split it, not to cut it off',
      async run(t) {
        const store = await t.open();
        const keys = Array.from({ length: 1200 }, (_, n) => `key ${n}`);
        await forEachOf(keys, (key) => put(store, key, key));
        const found = await store.getMany(keys);
        t.same(found.size, keys.length, 'the number of entries getMany() found of 1200');
        const wrong = keys.find((key) => found.get(key)?.value !== key);
        t.same(wrong, undefined, 'a key whose entry is not its own');
      },
    },
  ],
};
