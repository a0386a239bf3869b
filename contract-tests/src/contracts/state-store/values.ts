import type { StateStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { put, readValue } from './writing.ts';

const data: readonly unknown[] = [
  null,
  false,
  0,
  '',
  [],
  {},
  -1.5,
  1e300,
  Number.MAX_SAFE_INTEGER,
  2 ** 31,
  0.1 + 0.2,
  1e-9,
  'text',
  '0',
  'null',
  '{"a":1}',
  'nul\u0000 line\r\nbreak \u2028 \ufeff',
  '\ud83d',
  '😀'.repeat(1000),
  "'; DROP TABLE state; --",
  ' e\u0301 ',
  '2026-11-21T09:30:00.000Z',
  '9007199254740993',
  nested(100),
  [1, [2, [3, { a: null, b: [] }]]],
  { b: 1, a: { ['__proto__']: 1, constructor: 2, '': 3, '😀': 4 } },
];

/** Lists in each other. */
function nested(depth: number): unknown {
  return depth === 0 ? 'innermost' : [nested(depth - 1)];
}

class Point {
  readonly x = 1;
}

function circular(): unknown {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
}

const notJson: readonly (readonly [name: string, value: unknown])[] = [
  ['a Date', { when: new Date(0) }],
  ['NaN', [Number.NaN]],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['a bigint', { n: 1n }],
  ['a function', () => 1],
  ['a symbol', { s: Symbol('s') }],
  ['a Map', new Map([[1, 2]])],
  ['a class instance', new Point()],
  ['undefined in an array', [undefined]],
  ['a circular object', circular()],
  ['an object with a toJSON() of its own', { toJSON: () => 1 }],
  ['bytes', new Uint8Array([1, 2])],
  ['a list with a hole', Object.assign([1], { length: 2 })],
  ['undefined', undefined],
];

export const values: CheckGroup<StateStore> = {
  id: 'values',
  title: 'Values',
  checks: [
    {
      id: 'state-store.values.round-trip',
      rule: 'JSON data comes back as it was',
      anchor: 'StateStore',
      why: 'state that changes on its way makes a resumed agent work on something nobody wrote',
      async run(t) {
        const store = await t.open();
        for (const value of data) {
          await put(store, 'key', value);
          t.same(await readValue(store, 'key'), value, 'the value just set');
        }
      },
    },
    {
      id: 'state-store.values.undefined-property',
      rule: 'A property that is `undefined` counts as absent',
      anchor: 'StateStore',
      why: 'optional fields are written as undefined all the time',
      async run(t) {
        const store = await t.open();
        await put(store, 'key', { a: undefined, b: { c: undefined, d: 1 } });
        t.same(await readValue(store, 'key'), { b: { d: 1 } }, 'the value set with undefined properties');
      },
    },
    {
      id: 'state-store.values.refuses-what-json-changes',
      rule: 'What JSON would change is refused, and the entry stays as it was',
      anchor: 'StateStore',
      why: 'a Date silently stored as a string breaks its reader, far from the writer',
      async run(t) {
        const store = await t.open();
        await put(store, 'key', 'before');
        for (const [name, value] of notJson) {
          await t.refuses(() => store.set('key', value), `set() of ${name}`, {
            code: ['AIWORK_NOT_SERIALIZABLE', 'AIWORK_INVALID_ARGUMENT'],
          });
          t.same(await readValue(store, 'key'), 'before', `the value after set() of ${name}`);
        }
      },
    },
    {
      id: 'state-store.values.not-shared',
      rule: 'A store shares no object with who writes or who reads',
      anchor: 'StateStore.set',
      why: 'a caller that goes on with its object would change what is stored without a write',
      async run(t) {
        const store = await t.open();
        const value = { list: [1] };
        const writing = put(store, 'key', value);
        value.list.push(2);
        await writing;
        const read = (await readValue(store, 'key')) as typeof value;
        read.list.push(3);
        t.same(
          await readValue(store, 'key'),
          { list: [1] },
          'the value after writer and reader changed theirs',
        );
        const many = async () => (await store.getMany(['key'])).get('key')?.value as typeof value;
        (await many()).list.push(4);
        t.same(await many(), { list: [1] }, 'the value in getMany() after a reader changed its own');
      },
    },
    {
      id: 'state-store.values.replaced',
      rule: 'A write replaces the whole value',
      anchor: 'StateStore.set',
      why: 'a store that merges brings back fields that were removed',
      async run(t) {
        const store = await t.open();
        await put(store, 'key', { a: 1, nested: { b: 2 } });
        await put(store, 'key', { nested: { c: 3 } });
        t.same(await readValue(store, 'key'), { nested: { c: 3 } }, 'the value written last');
      },
    },
    {
      id: 'state-store.values.absent',
      rule: 'A key that was never set has no entry',
      anchor: 'StateStore.get',
      why: 'readers tell "nothing yet" from a stored null',
      async run(t) {
        const store = await t.open();
        await put(store, 'key', null);
        t.same(await store.get('other'), undefined, "get('other')");
        t.same((await store.get('key'))?.value, null, "the stored null of get('key')");
        t.same(await store.delete('other'), false, "delete('other')");
      },
    },
    {
      id: 'state-store.values.deleted',
      rule: 'A deleted entry is gone, and only what was there counts as deleted',
      anchor: 'StateStore.delete',
      why: 'callers decide by the answer who cleaned up',
      async run(t) {
        const store = await t.open();
        await put(store, 'key', 1);
        await put(store, 'key2', 2);
        t.same(await store.delete('key'), true, 'the first delete()');
        t.same(await store.get('key'), undefined, 'get() after delete()');
        t.same(await store.delete('key'), false, 'the second delete()');
        t.same(await readValue(store, 'key2'), 2, 'the value of the other key');
      },
    },
  ],
};
