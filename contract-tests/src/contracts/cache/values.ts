import type { Cache } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { put, read } from './entries.ts';

const everyByte = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));

const texts: readonly (readonly [name: string, text: string])[] = [
  ['no byte', ''],
  ['a zero', '\0'],
  ['a space', ' '],
  ['digits', '007'],
  ['the word null', 'null'],
  ['a line end', 'line\r\n'],
  ['every byte', everyByte],
  ['half a character of UTF-8', '\xf0\x9f\x98'],
  ['the beginning of a gzip file', '\x1f\x8b\x08\0\0'],
  ['a reply of a service', '$-1\r\n+OK\r\n'],
];

const notBytes: readonly (readonly [name: string, value: unknown])[] = [
  ['a string', 'text'],
  ['a number', 7],
  ['null', null],
  ['undefined', undefined],
  ['an array', [1, 2]],
  ['an object', { length: 1, 0: 1 }],
  ['an ArrayBuffer', new ArrayBuffer(2)],
  ['a Float32Array', new Float32Array([1.5])],
  ['a DataView', new DataView(new ArrayBuffer(2))],
];

export const values: CheckGroup<Cache> = {
  id: 'values',
  title: 'Values',
  checks: [
    {
      id: 'cache.values.round-trip',
      rule: 'Any bytes come back as they were, also none',
      anchor: 'Cache.set',
      why: 'what is cached is compressed, encrypted or half of a character as often as it is text',
      async run(t) {
        const cache = await t.open();
        for (const [name, text] of texts) {
          await put(cache, 'key', text);
          t.same(await read(cache, 'key'), text, `the value just set, ${name},`);
        }
      },
    },
    {
      id: 'cache.values.large',
      rule: 'A value of many pieces on the wire comes back whole',
      anchor: 'Cache.get',
      why: 'an answer that came in several pieces must not end with the first',
      async run(t) {
        const cache = await t.open();
        const { maxValueBytes } = t.capabilities;
        const length = Math.floor(Math.min(maxValueBytes, 1 << 20) / 256);
        const text = Array.from({ length }, (_, n) => everyByte.slice(n % 256).padEnd(256, '.')).join('');
        await put(cache, 'key', text);
        const seen = await read(cache, 'key');
        t.same(seen?.length, text.length, 'the number of bytes of a large value');
        t.that(seen === text, 'a large value to come back as it was', 'other bytes');
      },
    },
    {
      id: 'cache.values.replaced',
      rule: 'A write replaces the whole value',
      anchor: 'Cache.set',
      why: 'the end of a longer value behind a shorter one is neither of them',
      async run(t) {
        const cache = await t.open();
        for (const text of ['a long value', 'short', '', 'long again']) {
          await put(cache, 'key', text);
          t.same(await read(cache, 'key'), text, 'the value written last');
        }
      },
    },
    {
      id: 'cache.values.absent',
      rule: 'A key that was never set is a miss, and an empty value is not',
      anchor: 'Cache.get',
      why: 'callers compute what misses: an empty answer would be computed for ever',
      async run(t) {
        const cache = await t.open();
        await put(cache, 'empty', '');
        t.same(await read(cache, 'other'), undefined, "get('other')");
        t.same(await read(cache, 'empty'), '', 'the empty value');
        t.same(await cache.delete('other'), false, "delete('other')");
        t.same(await cache.delete('empty'), true, 'delete() of the empty value');
      },
    },
    {
      id: 'cache.values.deleted',
      rule: 'A deleted entry is gone, and only what was there counts as deleted',
      anchor: 'Cache.delete',
      why: 'deleting is how a wrong answer is taken back',
      async run(t) {
        const cache = await t.open();
        await put(cache, 'key', 'value');
        t.same(await cache.delete('key'), true, 'the first delete()');
        t.same(await read(cache, 'key'), undefined, 'get() after delete()');
        t.same(await cache.delete('key'), false, 'the second delete()');
        await put(cache, 'key', 'again');
        t.same(await read(cache, 'key'), 'again', 'the value set after delete()');
      },
    },
    {
      id: 'cache.values.refuses-what-is-no-bytes',
      rule: 'Anything but a `Uint8Array` is refused, and the entry stays as it was',
      anchor: 'Cache.set',
      why: 'text that goes in comes back as bytes, and the numbers of a Float32Array cut down to bytes',
      async run(t) {
        const cache = await t.open();
        await put(cache, 'key', 'before');
        for (const [name, value] of notBytes) {
          await t.refuses(() => cache.set('key', value as Uint8Array), `set() of ${name}`, {
            code: 'AIWORK_INVALID_ARGUMENT',
          });
          t.same(await read(cache, 'key'), 'before', `the value after set() of ${name}`);
        }
      },
    },
  ],
};
