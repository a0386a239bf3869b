import type { StateStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { put, readValue } from './writing.ts';

const exceeded = { code: 'AIWORK_LIMIT_EXCEEDED' } as const;
/** What a store without a declared limit has to take. */
const unlimitedBytes = 1 << 20;

/** A string of exactly so many bytes of UTF-8, but not of so many characters. */
const ofBytes = (bytes: number) => 'ü'.repeat(Math.floor(bytes / 2)) + 'x'.repeat(bytes % 2);

export const limits: CheckGroup<StateStore> = {
  id: 'limits',
  title: 'Limits',
  checks: [
    {
      id: 'state-store.limits.key-bytes',
      rule: 'A key of exactly `maxKeyBytes` works, one of a byte more is refused',
      anchor: 'StateStoreCapabilities.maxKeyBytes',
      why: 'keys that are cut off at a limit become one',
      async run(t) {
        const store = await t.open();
        const { maxKeyBytes } = t.capabilities;
        const limit = Number.isFinite(maxKeyBytes) ? maxKeyBytes : unlimitedBytes;
        const key = ofBytes(limit);
        await put(store, key, 'longest');
        t.same(await readValue(store, key), 'longest', `the value of a key of ${limit} bytes`);
        if (limit !== maxKeyBytes) return;
        await t.refuses(() => store.set(`${key}x`, 1), `set() of a key of ${limit + 1} bytes`, exceeded);
        const what = `of a key of ${limit + 1} bytes`;
        await t.refuses(() => store.get(`${key}x`), `get() ${what}`, exceeded);
        await t.refuses(() => store.delete(`${key}x`), `delete() ${what}`, exceeded);
        await t.refuses(() => store.getMany(['a', `${key}x`]), `getMany() ${what}`, exceeded);
        t.same(await readValue(store, key), 'longest', 'the value of the longest key after that');
      },
    },
    {
      id: 'state-store.limits.value-bytes',
      rule: 'A value whose JSON has exactly `maxValueBytes` works, one of a byte more is refused',
      anchor: 'StateStoreCapabilities.maxValueBytes',
      why: 'a value that is cut off is read by nobody, and a limit in characters is another one for every language',
      async run(t) {
        const store = await t.open();
        const { maxValueBytes } = t.capabilities;
        const limit = Number.isFinite(maxValueBytes) ? maxValueBytes : unlimitedBytes;
        const value = ofBytes(limit - 2);
        await put(store, 'key', value);
        t.that(
          (await readValue(store, 'key')) === value,
          `a value of ${limit} bytes to come back whole`,
          'another value',
        );
        if (limit !== maxValueBytes) return;
        await t.refuses(
          () => store.set('key', `${value}x`),
          `set() of a value of ${limit + 1} bytes`,
          exceeded,
        );
        t.that(
          (await readValue(store, 'key')) === value,
          'the value before to stay after a refused one',
          'another value',
        );
      },
    },
  ],
};
