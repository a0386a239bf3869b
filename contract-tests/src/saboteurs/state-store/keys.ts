import type { StateStore } from '@aiwork/core';
import { collect } from '../../contracts/collect.ts';
import { inClients, type Saboteur } from '../saboteur.ts';

/** A store that turns every key into another one. */
const mapKeys = (map: (key: string) => string) =>
  inClients<StateStore>((store) => ({
    get: (key, options) => store.get(map(key), options),
    set: (key, value, options) => store.set(map(key), value, options),
    delete: (key, options) => store.delete(map(key), options),
    async getMany(keys, options) {
      const found = await store.getMany(keys.map(map), options);
      return new Map(
        keys.flatMap((key) => {
          const entry = found.get(map(key));
          return entry ? [[key, entry] as const] : [];
        }),
      );
    },
  }));

const apart = (message: string) => [{ check: 'state-store.hostile.keys-stay-apart', message }];

const glob = (pattern: string) =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('\\*', '.*')
      .replaceAll('\\?', '.')}`,
    's',
  );

export const keySaboteurs: readonly Saboteur<StateStore>[] = [
  {
    id: 'folds-case',
    breaks: 'Does not tell upper from lower case',
    caughtBy: apart('the value of key "a" to be'),
    sabotage: mapKeys((key) => (typeof key === 'string' ? key.toLowerCase() : key)),
  },
  {
    id: 'trims-keys',
    breaks: 'Trims keys',
    caughtBy: apart('the value of key "a" to be'),
    sabotage: mapKeys((key) => (typeof key === 'string' ? key.trim() || key : key)),
  },
  {
    id: 'ends-at-nul',
    breaks: 'Ends a key at its first NUL',
    caughtBy: apart('the value of key "nul\\u0000inside" to be'),
    sabotage: mapKeys((key) => (typeof key === 'string' ? key.split('\0')[0] || key : key)),
  },
  {
    id: 'normalises-unicode',
    breaks: 'Normalises keys',
    caughtBy: apart('the value of key "é" to be'),
    sabotage: mapKeys((key) => (typeof key === 'string' ? key.normalize('NFC') : key)),
  },
  {
    id: 'resolves-paths',
    breaks: 'Takes keys for paths',
    caughtBy: apart('the value of key "a" to be'),
    sabotage: mapKeys((key) => (typeof key === 'string' ? key.replace(/^\.\.\/|\/$/, '') || key : key)),
  },
  {
    id: 'lists-encoded',
    breaks: 'Lists keys in the form it stores them in',
    caughtBy: [{ check: 'state-store.hostile.keys-are-listed', message: 'the keys listed' }],
    sabotage: inClients((store) => ({
      async *keys(prefix, options) {
        for await (const key of store.keys(prefix, options)) yield encodeURIComponent(key);
      },
    })),
  },
  {
    id: 'prefix-as-glob',
    breaks: 'Reads a prefix as a pattern',
    caughtBy: [{ check: 'state-store.hostile.prefix-is-no-pattern', message: 'keys("*") to be' }],
    sabotage: inClients((store) => ({
      async *keys(prefix = '', options = {}) {
        for await (const key of store.keys('', options)) if (glob(prefix).test(key)) yield key;
      },
    })),
  },
  {
    id: 'mends-keys',
    breaks: 'Replaces unpaired surrogates in keys',
    caughtBy: [
      {
        check: 'state-store.hostile.refuses-malformed-keys',
        message: 'set() of a string with an unpaired surrogate as key to be refused',
      },
    ],
    sabotage: mapKeys((key) => (typeof key === 'string' ? key.toWellFormed() : key)),
  },
  {
    id: 'prefix-anywhere',
    breaks: 'Finds the prefix anywhere in a key',
    caughtBy: [{ check: 'state-store.listing.prefix', message: 'keys("p") to be' }],
    sabotage: inClients((store) => ({
      async *keys(prefix = '', options = {}) {
        for await (const key of store.keys('', options)) if (key.includes(prefix)) yield key;
      },
    })),
  },
  {
    id: 'sorts-by-utf-16',
    breaks: 'Sorts keys as JavaScript does and declares it as lexicographic',
    caughtBy: [{ check: 'state-store.listing.order', message: 'the order of keys()' }],
    sabotage: inClients((store) => ({
      async *keys(prefix, options) {
        yield* [...(await collect(store.keys(prefix, options)))].sort();
      },
    })),
  },
  {
    id: 'lists-one-page',
    breaks: 'Lists the first 1000 keys',
    caughtBy: [{ check: 'state-store.listing.beyond-a-page', message: 'seen      1000' }],
    sabotage: inClients((store) => ({
      async *keys(prefix, options) {
        yield* (await collect(store.keys(prefix, options))).slice(0, 1000);
      },
    })),
  },
  {
    id: 'repeats-at-page-borders',
    breaks: 'Lists the last key of each page again',
    caughtBy: [{ check: 'state-store.listing.beyond-a-page', message: 'the number of keys listed of 2500' }],
    sabotage: inClients((store) => ({
      async *keys(prefix, options) {
        let count = 0;
        for await (const key of store.keys(prefix, options)) {
          count += 1;
          yield key;
          if (count % 500 === 0) yield key;
        }
      },
    })),
  },
  {
    id: 'pages-behind-prefix',
    breaks: 'Starts a page behind everything that begins with the last key',
    caughtBy: [{ check: 'state-store.listing.nested-beyond-a-page', message: 'seen      500' }],
    sabotage: inClients((store) => ({
      async *keys(prefix, options) {
        let count = 0;
        let last: string | undefined;
        for await (const key of store.keys(prefix, options)) {
          if (last !== undefined && key.startsWith(last)) continue;
          count += 1;
          if (count % 500 === 0) last = key;
          yield key;
        }
      },
    })),
  },
  {
    id: 'pages-by-offset',
    breaks: 'Pages by offset, so that a deleted key hides another',
    caughtBy: [
      {
        check: 'state-store.listing.while-others-change',
        message: 'keys that stayed and were not listed to be []',
      },
    ],
    sabotage: inClients((store) => ({
      async *keys(prefix, options) {
        for (let offset = 0; ; offset += 100) {
          const page = (await collect(store.keys(prefix, options))).slice(offset, offset + 100);
          yield* page;
          if (page.length < 100) return;
        }
      },
    })),
  },
  {
    id: 'keeps-cursors',
    breaks: 'Gives no cursor back of a listing that is left, and has ten of them',
    caughtBy: [{ check: 'state-store.listing.left-early', message: 'an answer within' }],
    sabotage: inClients((store) => {
      let cursors = 10;
      const never = new Promise<never>(() => {});
      return {
        async *keys(prefix, options) {
          if (cursors === 0) await never;
          cursors -= 1;
          const keys = await collect(store.keys(prefix, options));
          yield* keys;
          cursors += 1;
        },
      };
    }),
  },
];
