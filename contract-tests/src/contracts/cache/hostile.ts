import type { Cache } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { put, read, readsOrMisses } from './entries.ts';

const keys = [
  'a',
  'A',
  'a:b',
  'a::b',
  'a/b',
  '../a',
  '..',
  '.',
  ' ',
  ' a',
  'a ',
  'a b',
  '__proto__',
  'constructor',
  'toString',
  'nul\u0000inside',
  'nul\u0000',
  'nul',
  'line\r\nbreak',
  'line',
  '\r\nflush_all\r\n',
  '*',
  'a*',
  '?',
  '[a]',
  '\\',
  '%',
  '%61',
  '_',
  '{a}',
  '{}',
  '{a}b',
  "'; DROP TABLE cache; --",
  '$(id)',
  '\ufeffmark',
  'mark',
  'é',
  'e\u0301',
  'ﬀ',
  'ff',
  '\u{10ffff}',
  '0',
  '00',
  '-0',
  'null',
  'undefined',
] as const;

const malformed: readonly (readonly [name: string, key: unknown])[] = [
  ['the empty key', ''],
  ['a key with an unpaired surrogate', 'half \ud83d'],
  ['a key that is an unpaired surrogate', '\ude00'],
  ['a number as key', 7],
  ['a buffer as key', Buffer.from('a')],
  ['undefined as key', undefined],
];

export const hostile: CheckGroup<Cache> = {
  id: 'hostile',
  title: 'Hostile keys',
  checks: [
    {
      id: 'cache.hostile.keys-stay-apart',
      rule: 'Any well-formed string is a key of its own',
      anchor: 'Cache',
      why: 'keys are made of user input: two that are folded into one give the answer of somebody else',
      async run(t) {
        const cache = await t.open();
        for (const [n, key] of keys.entries()) {
          await put(cache, key, `of key ${n}`);
          t.same(await read(cache, key), `of key ${n}`, `the value of key ${JSON.stringify(key)} just set`);
        }
        for (const [n, key] of keys.entries()) await readsOrMisses(t, cache, key, `of key ${n}`);
      },
    },
    {
      id: 'cache.hostile.delete-takes-one',
      rule: 'A key is never read as a pattern or a command',
      anchor: 'Cache',
      why: 'whoever names a key could empty the cache of everybody',
      async run(t) {
        const cache = await t.open();
        await put(cache, 'a:kept', 'value');
        for (const key of keys) {
          const name = JSON.stringify(key);
          t.same(await cache.delete(key), false, `delete(${name}) of what was never set`);
          t.same(await read(cache, key), undefined, `get(${name}) of what was never set`);
          t.same(await read(cache, 'a:kept'), 'value', `the value of "a:kept" after delete(${name})`);
        }
      },
    },
    {
      id: 'cache.hostile.refuses-malformed-keys',
      rule: 'What is not a well-formed string of at least one character is refused as a key',
      anchor: 'Cache',
      why: 'unpaired surrogates have no form in UTF-8: two keys would become one',
      async run(t) {
        const cache = await t.open();
        const refusal = { code: 'AIWORK_INVALID_ARGUMENT' } as const;
        for (const [name, malformedKey] of malformed) {
          const key = malformedKey as string;
          await t.refuses(() => put(cache, key, 'value'), `set() of ${name}`, refusal);
          await t.refuses(() => cache.get(key), `get() of ${name}`, refusal);
          await t.refuses(() => cache.delete(key), `delete() of ${name}`, refusal);
        }
        for (const key of ['\ufffd', 'half \ufffd', '7', 'a', 'undefined']) {
          t.same(await read(cache, key), undefined, `what was stored as ${JSON.stringify(key)}`);
        }
      },
    },
  ],
};
