import type { Cache } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { forEachOf } from '../collect.ts';
import { put, read, readsOrMisses } from './entries.ts';

/** More than the caches of tests have room for, and enough to find two keys of one 16-bit hash among them. */
const keys: readonly string[] = Array.from({ length: 2000 }, (_, n) => `key ${n}`);

/** Makes room scarce. */
const crowd = (cache: Cache) => forEachOf(keys, (key) => put(cache, key, 'of the crowd'));

export const eviction: CheckGroup<Cache> = {
  id: 'eviction',
  title: 'What is evicted, and what is not',
  checks: [
    {
      id: 'cache.eviction.keeps-the-last',
      rule: 'The entry that was set last is there until something else is set',
      anchor: 'Cache',
      why: 'a cache that is full and takes nothing more, or gives what it has only once, is none',
      async run(t) {
        const cache = await t.open();
        for (const key of ['key', 'key', ...keys.slice(0, 150)]) {
          await put(cache, key, `of ${key}`);
          t.same(await read(cache, key), `of ${key}`, `the value of ${key} that was set last`);
        }
        await put(cache, 'last', 'of last');
        for (const key of keys.slice(0, 20)) {
          await cache.get(key);
          await cache.delete(key);
        }
        for (let n = 1; n <= 20; n += 1) {
          t.same(await read(cache, 'last'), 'of last', `read ${n} of what was set last`);
        }
      },
    },
    {
      id: 'cache.eviction.never-another-value',
      rule: 'Of many entries each is given with the value it was set to last, or not at all',
      anchor: 'Cache',
      why: 'the answer to another question is worse than none',
      async run(t) {
        const cache = await t.open();
        await forEachOf(keys, (key) => put(cache, key, `first of ${key}`));
        await forEachOf(keys.slice(500), (key) => put(cache, key, `last of ${key}`));
        await forEachOf(keys.slice(0, 500), (key) => readsOrMisses(t, cache, key, `first of ${key}`));
        await forEachOf(keys.slice(500), (key) => readsOrMisses(t, cache, key, `last of ${key}`));
      },
    },
    {
      id: 'cache.eviction.replaced-stays-replaced',
      rule: 'A value that was replaced is not given again when the newer one was evicted',
      anchor: 'Cache',
      why: 'where a small tier stands before a large one, what only the first was told comes to light later',
      async run(t) {
        const cache = await t.open();
        await put(cache, 'replaced', 'old');
        await crowd(cache);
        await put(cache, 'replaced', 'new');
        await crowd(cache);
        await readsOrMisses(t, cache, 'replaced', 'new');
      },
    },
    {
      id: 'cache.eviction.deleted-stays-deleted',
      rule: 'A deleted entry does not come back',
      anchor: 'Cache.delete',
      why: 'what was taken back for a reason would be given again, much later',
      async run(t) {
        const cache = await t.open();
        await put(cache, 'deleted', 'value');
        await crowd(cache);
        await cache.delete('deleted');
        t.same(await read(cache, 'deleted'), undefined, 'get() after delete() of what was set long before');
        await crowd(cache);
        t.same(await read(cache, 'deleted'), undefined, 'get() after delete() and many other writes');
        t.same(await cache.delete('deleted'), false, 'the second delete()');
      },
    },
  ],
};
