import type { StateStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { collect } from '../collect.ts';
import { hostileKeys, malformedKeys } from '../hostile-keys.ts';
import { withList } from './conditions.ts';
import { put, readValue } from './writing.ts';

export const hostile: CheckGroup<StateStore> = {
  id: 'hostile',
  title: 'Hostile keys',
  checks: [
    {
      id: 'state-store.hostile.keys-stay-apart',
      rule: 'Any well-formed string is a key of its own and never reaches the syntax of the service',
      anchor: 'StateStore',
      why: 'keys are made of user input: one that is folded, cut or read as syntax hits the data of somebody else',
      async run(t) {
        const store = await t.open();
        for (const key of hostileKeys) await put(store, key, `of ${key}`);
        for (const key of hostileKeys)
          t.same(await readValue(store, key), `of ${key}`, `the value of key ${JSON.stringify(key)}`);
        const found = await store.getMany(hostileKeys);
        t.same(new Set(found.keys()), new Set(hostileKeys), 'the keys that getMany() found');
        for (const [index, key] of hostileKeys.entries()) {
          t.same(await store.delete(key), true, `delete(${JSON.stringify(key)})`);
          const next = hostileKeys[index + 1];
          if (next !== undefined) {
            t.same(
              await readValue(store, next),
              `of ${next}`,
              `the value of ${JSON.stringify(next)} after that of the key before it was deleted`,
            );
          }
        }
      },
    },
    {
      id: 'state-store.hostile.keys-are-listed',
      rule: 'Keys are listed as they were given',
      anchor: 'StateStore.keys',
      why: 'what is listed is used to read and to delete',
      when: withList,
      async run(t) {
        const store = await t.open();
        for (const key of hostileKeys) await put(store, key, 1);
        t.same([...(await collect(store.keys()))].sort(), [...hostileKeys].sort(), 'the keys listed');
      },
    },
    {
      id: 'state-store.hostile.prefix-is-no-pattern',
      rule: 'A prefix is compared character by character and is no pattern',
      anchor: 'StateStore.keys',
      why: 'a prefix of user input that is read as a pattern lists the keys of others',
      when: withList,
      async run(t) {
        const store = await t.open();
        for (const key of hostileKeys) await put(store, key, 1);
        for (const prefix of hostileKeys) {
          const expected = hostileKeys.filter((key) => key.startsWith(prefix)).sort();
          t.same(
            [...(await collect(store.keys(prefix)))].sort(),
            expected,
            `keys(${JSON.stringify(prefix)})`,
          );
        }
      },
    },
    {
      id: 'state-store.hostile.refuses-malformed-keys',
      rule: 'What is not a well-formed string of at least one character is refused as a key',
      anchor: 'StateStore',
      why: 'unpaired surrogates have no form in UTF-8: two keys would become one',
      async run(t) {
        const store = await t.open();
        for (const [name, malformedKey] of malformedKeys) {
          const key = malformedKey as string;
          const refusal = { code: 'AIWORK_INVALID_ARGUMENT' } as const;
          await t.refuses(() => store.set(key, 1), `set() of ${name} as key`, refusal);
          await t.refuses(() => store.get(key), `get() of ${name} as key`, refusal);
          await t.refuses(() => store.delete(key), `delete() of ${name} as key`, refusal);
          await t.refuses(() => store.getMany(['a', key]), `getMany() of ${name} as key`, refusal);
        }
        t.same(
          await store.getMany(['\ufffd', 'half \ufffd', '7', 'undefined']),
          new Map(),
          'what was stored',
        );
      },
    },
  ],
};
