import type { Cache } from '@aiwork/core';
import { inClients, type Saboteur } from '../saboteur.ts';

/** A cache that turns every key into another one. */
const mapKeys = (map: (key: string) => string) => {
  const mapped = (key: string) => (typeof key === 'string' ? map(key) : key);
  return inClients<Cache>((cache) => ({
    get: (key, options) => cache.get(mapped(key), options),
    set: (key, value, options) => cache.set(mapped(key), value, options),
    delete: (key, options) => cache.delete(mapped(key), options),
  }));
};

const apart = (message: string) => [{ check: 'cache.hostile.keys-stay-apart', message }];

export const keySaboteurs: readonly Saboteur<Cache>[] = [
  {
    id: 'folds-case',
    breaks: 'Does not tell upper from lower case',
    caughtBy: apart('the value of key "a" to be \'of key 0\', or a miss'),
    sabotage: mapKeys((key) => key.toLowerCase()),
  },
  {
    id: 'trims-keys',
    breaks: 'Trims keys',
    caughtBy: apart('the value of key "a" to be'),
    sabotage: mapKeys((key) => key.trim() || key),
  },
  {
    id: 'ends-at-nul',
    breaks: 'Ends a key at its first NUL',
    caughtBy: apart('the value of key "nul\\u0000inside" to be'),
    sabotage: mapKeys((key) => key.split('\0')[0] || key),
  },
  {
    id: 'ends-at-line',
    breaks: 'Ends a key where a line of its protocol ends',
    caughtBy: apart('the value of key "line\\r\\nbreak" to be'),
    sabotage: mapKeys((key) => key.split('\r\n')[0] || key),
  },
  {
    id: 'normalises-unicode',
    breaks: 'Normalises keys',
    caughtBy: apart('the value of key "é" to be'),
    sabotage: mapKeys((key) => key.normalize('NFC')),
  },
  {
    id: 'resolves-paths',
    breaks: 'Takes keys for paths',
    caughtBy: apart('the value of key "a" to be'),
    sabotage: mapKeys((key) => key.replace(/^\.\.\/|\/$/, '') || key),
  },
  {
    id: 'decodes-keys',
    breaks: 'Decodes escapes in keys',
    caughtBy: apart('the value of key "a" to be'),
    sabotage: mapKeys((key) => key.replaceAll('%61', 'a')),
  },
  {
    id: 'keeps-the-hash-tag',
    breaks: 'Takes what stands in braces for the whole key',
    caughtBy: apart('the value of key "a" to be'),
    sabotage: mapKeys((key) => /\{([^}]+)\}/.exec(key)?.[1] ?? key),
  },
  {
    id: 'plain-object',
    breaks: 'Keeps entries as properties of an object that has a prototype',
    caughtBy: [{ check: 'cache.hostile.delete-takes-one', message: "get('__proto__') to give a Uint8Array" }],
    sabotage: inClients((cache) => {
      const held: Record<string, Uint8Array> = {};
      return {
        async get(key, options) {
          await cache.get(key, options);
          const value: unknown = held[key];
          return value instanceof Uint8Array ? value.slice() : (value as undefined);
        },
        async set(key, value, options) {
          await cache.set(key, value, options);
          held[key] = value.slice();
        },
        async delete(key, options) {
          await cache.delete(key, options);
          const wasThere = Object.hasOwn(held, key);
          delete held[key];
          return wasThere;
        },
      };
    }),
  },
  {
    id: 'deletes-by-pattern',
    breaks: 'Reads a star in a key to delete as a pattern',
    caughtBy: [
      { check: 'cache.hostile.delete-takes-one', message: 'the value of "a:kept" after delete("a*")' },
    ],
    sabotage: inClients((cache) => {
      const keys = new Set<string>();
      return {
        async set(key, value, options) {
          await cache.set(key, value, options);
          keys.add(key);
        },
        async delete(key, options) {
          const deleted = await cache.delete(key, options);
          const prefix = key.length > 1 && key.endsWith('*') ? key.slice(0, -1) : undefined;
          for (const other of keys) {
            if (prefix !== undefined && other.startsWith(prefix)) await cache.delete(other);
          }
          return deleted;
        },
      };
    }),
  },
  {
    id: 'mends-keys',
    breaks: 'Replaces unpaired surrogates in keys',
    caughtBy: [
      {
        check: 'cache.hostile.refuses-malformed-keys',
        message: 'set() of a string with an unpaired surrogate as key to be refused',
      },
    ],
    sabotage: mapKeys((key) => key.toWellFormed()),
  },
  {
    id: 'makes-keys-of-anything',
    breaks: 'Makes a key of whatever it is given',
    caughtBy: [
      { check: 'cache.hostile.refuses-malformed-keys', message: 'set() of a number as key to be refused' },
    ],
    sabotage: inClients((cache) => ({
      get: (key, options) => cache.get(String(key), options),
      set: (key, value, options) => cache.set(String(key), value, options),
      delete: (key, options) => cache.delete(String(key), options),
    })),
  },
  {
    id: 'empty-key-is-a-key',
    breaks: 'Takes the empty key',
    caughtBy: [
      {
        check: 'cache.hostile.refuses-malformed-keys',
        message: 'set() of the empty string as key to be refused',
      },
    ],
    sabotage: mapKeys((key) => key || '(empty)'),
  },
];
