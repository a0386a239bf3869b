import type { Cache } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { hostileKeys, malformedKeys } from '../hostile-keys.ts';
import { put, read, readsOrMisses } from './entries.ts';

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
        for (const [n, key] of hostileKeys.entries()) {
          await put(cache, key, `of key ${n}`);
          t.same(await read(cache, key), `of key ${n}`, `the value of key ${JSON.stringify(key)} just set`);
        }
        for (const [n, key] of hostileKeys.entries()) await readsOrMisses(t, cache, key, `of key ${n}`);
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
        for (const key of hostileKeys) {
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
        for (const [name, malformedKey] of malformedKeys) {
          const key = malformedKey as string;
          await t.refuses(() => put(cache, key, 'value'), `set() of ${name} as key`, refusal);
          await t.refuses(() => cache.get(key), `get() of ${name} as key`, refusal);
          await t.refuses(() => cache.delete(key), `delete() of ${name} as key`, refusal);
        }
        for (const key of ['\ufffd', 'half \ufffd', '7', 'a', 'undefined']) {
          t.same(await read(cache, key), undefined, `what was stored as ${JSON.stringify(key)}`);
        }
      },
    },
  ],
};
