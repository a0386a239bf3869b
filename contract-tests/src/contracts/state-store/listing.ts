import type { StateStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { collect, forEachOf } from '../collect.ts';
import { withList } from './conditions.ts';
import { put } from './writing.ts';

const ordered = [
  '',
  '\u0000',
  'A',
  'a',
  'aa',
  'é',
  '\ud7ff',
  '\ue000',
  '\uff5e',
  '\u{1f600}',
  '\u{10ffff}',
].map((end) => `k${end}`);

const lexicographic = { order: 'lexicographic' };

export const listing: CheckGroup<StateStore> = {
  id: 'listing',
  title: 'Listing keys',
  checks: [
    {
      id: 'state-store.listing.prefix',
      rule: 'Exactly the keys that start with the prefix are listed',
      anchor: 'StateStore.keys',
      why: 'a prefix is how applications group their keys',
      when: withList,
      async run(t) {
        const store = await t.open();
        const keys = [
          'p',
          'p1',
          'p12',
          'P1',
          'q',
          'xp',
          'p\ud7ffz',
          'p\ue000',
          '\u{10ffff}',
          '\u{10ffff}\u{10ffff}',
        ];
        for (const key of keys) await put(store, key, 1);
        for (const prefix of ['', 'p', 'p1', 'p12', 'p123', 'p\ud7ff', '\u{10ffff}']) {
          const expected = keys.filter((key) => key.startsWith(prefix)).sort();
          t.same(
            [...(await collect(store.keys(prefix)))].sort(),
            expected,
            `keys(${JSON.stringify(prefix)})`,
          );
        }
        t.same((await collect(store.keys())).length, keys.length, 'the number of keys without a prefix');
        await t.refuses(() => collect(store.keys('\ud83d')), 'keys() with an unpaired surrogate', {
          code: 'AIWORK_INVALID_ARGUMENT',
          notApplied: false,
        });
      },
    },
    {
      id: 'state-store.listing.order',
      rule: 'The lexicographic order is that of code points',
      anchor: 'StateStoreCapabilities.list',
      why: 'sorted by UTF-16 units, characters beyond the basic plane come before others, and merges go wrong',
      when: ({ list }) =>
        (list !== false && list.order === lexicographic.order) ||
        'the store does not declare lexicographic order',
      async run(t) {
        const store = await t.open();
        for (const key of ordered.toReversed()) await put(store, key, 1);
        t.same(await collect(store.keys()), ordered, 'the order of keys()');
      },
    },
    {
      id: 'state-store.listing.beyond-a-page',
      rule: 'All keys are listed, each once, however many there are',
      anchor: 'StateStore.keys',
      why: 'services list in pages and may repeat: cut off or doubled, clean-up and counting go wrong',
      when: withList,
      async run(t) {
        const store = await t.open();
        const keys = Array.from({ length: 2500 }, (_, n) => `key ${n}`);
        await forEachOf(keys, (key) => put(store, key, 1));
        const listed = await collect(store.keys('key '));
        t.same(listed.length, keys.length, 'the number of keys listed of 2500');
        t.same(new Set(listed).size, keys.length, 'the number of different keys listed of 2500');
      },
    },
    {
      id: 'state-store.listing.nested-beyond-a-page',
      rule: 'Keys that begin with each other are all listed',
      anchor: 'StateStore.keys',
      why: 'a page that starts behind the last key must not skip what begins with it',
      when: withList,
      async run(t) {
        const store = await t.open();
        const length = Math.min(1100, t.capabilities.maxKeyBytes);
        const keys = Array.from({ length }, (_, n) => `n${'\u0000'.repeat(n)}`);
        await forEachOf(keys, (key) => put(store, key, 1));
        t.same(
          new Set(await collect(store.keys('n'))).size,
          keys.length,
          'the number of keys listed of 1100',
        );
      },
    },
    {
      id: 'state-store.listing.left-early',
      rule: 'A listing may be left before its end, and several may be under way at once',
      anchor: 'StateStore.keys',
      why: 'cursors and connections that are not given back run out after some hours',
      when: withList,
      async run(t) {
        const store = await t.open();
        const keys = Array.from({ length: 150 }, (_, n) => `key ${n}`);
        await forEachOf(keys, (key) => put(store, key, 1));
        for (let listing = 0; listing < 30; listing += 1) {
          for await (const key of store.keys()) {
            await store.get(key);
            break;
          }
        }
        const all = await Promise.all(Array.from({ length: 30 }, () => collect(store.keys())));
        const lengths = [...new Set(all.map(({ length }) => length))];
        t.same(lengths, [keys.length], 'the numbers of keys in 30 listings at once, after 30 that were left');
      },
    },
    {
      id: 'state-store.listing.while-others-change',
      rule: 'Keys present during the whole iteration are listed, whatever comes and goes meanwhile',
      anchor: 'StateStore.keys',
      why: 'paging by offset skips one key for every key deleted before it',
      when: withList,
      async run(t) {
        const store = await t.open();
        const stay = Array.from({ length: 1300 }, (_, n) => `k${String(n).padStart(4, '0')}`);
        const go = stay.slice(0, 400).map((key) => `${key}-`);
        await forEachOf([...go, ...stay], (key) => put(store, key, 1));
        const seen: string[] = [];
        for await (const key of store.keys('k')) {
          seen.push(key);
          if (seen.length === 5) await forEachOf(go, (gone) => store.delete(gone));
          if (seen.length === 10) await put(store, 'k0000new', 1);
        }
        const missed = stay.filter((key) => !seen.includes(key));
        t.same(missed.slice(0, 3), [], 'keys that stayed and were not listed');
        t.same(new Set(seen).size, seen.length, 'the number of different keys listed');
      },
    },
  ],
};
