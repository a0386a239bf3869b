import type { Cache } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { isDeepFrozen } from '../deep-frozen.ts';
import { put, read } from './entries.ts';

const exceeded = { code: 'AIWORK_LIMIT_EXCEEDED' } as const;
/** What a cache without a declared limit has to take. */
const unlimitedBytes = 1 << 20;

const isCount = (value: unknown) => typeof value === 'number' && value > 0;

/** A key of exactly so many bytes of UTF-8, but not of so many characters. */
const keyOf = (bytes: number) => 'ü'.repeat(Math.floor(bytes / 2)) + 'x'.repeat(bytes % 2);

export const capabilities: CheckGroup<Cache> = {
  id: 'capabilities',
  title: 'Capabilities and limits',
  checks: [
    {
      id: 'cache.capabilities.declared',
      rule: 'Capabilities are declared in full, with values that mean something',
      anchor: 'CacheCapabilities',
      why: 'the engine and these checks decide by them',
      async run(t) {
        const { ttl, maxKeyBytes, maxValueBytes, durability } = t.capabilities;
        t.that(typeof ttl === 'boolean', 'ttl to be a boolean', ttl);
        t.that(
          isCount(maxKeyBytes) && isCount(maxValueBytes),
          'maxKeyBytes and maxValueBytes to be greater than 0',
          { maxKeyBytes, maxValueBytes },
        );
        t.that(
          ['process', 'service-restart', 'service-kill'].includes(durability),
          'durability to be one of the contract',
          durability,
        );
      },
    },
    {
      id: 'cache.capabilities.frozen',
      rule: 'Capabilities are frozen, and the same for every client',
      anchor: 'Adapter.capabilities',
      why: 'what a caller decided by must not change under it',
      async run(t) {
        const cache = await t.open();
        t.that(isDeepFrozen(cache.capabilities), 'capabilities to be frozen in depth', cache.capabilities);
        t.same(cache.capabilities, t.capabilities, 'the capabilities of another client');
        await put(cache, 'key', 'value');
        t.same(cache.capabilities, t.capabilities, 'the capabilities after a write');
      },
    },
    {
      id: 'cache.capabilities.refuses-ttl',
      rule: 'A cache that declares no time to live refuses one without effect',
      anchor: 'CacheCapabilities.ttl',
      why: 'what should have expired would be given for ever',
      when: ({ ttl }) => !ttl || 'ttl is declared',
      async run(t) {
        const cache = await t.open();
        await t.refuses(() => put(cache, 'key', 'value', { ttlMs: 60_000 }), 'set() with ttlMs', {
          code: 'AIWORK_UNSUPPORTED_CAPABILITY',
        });
        t.same(await read(cache, 'key'), undefined, 'the key after a refused write');
      },
    },
    {
      id: 'cache.capabilities.key-bytes',
      rule: 'A key of exactly `maxKeyBytes` works, one of a byte more is refused',
      anchor: 'CacheCapabilities.maxKeyBytes',
      why: 'keys that are cut off at a limit become one',
      async run(t) {
        const cache = await t.open();
        const { maxKeyBytes } = t.capabilities;
        const limit = Number.isFinite(maxKeyBytes) ? maxKeyBytes : unlimitedBytes;
        const key = keyOf(limit);
        await put(cache, key, 'longest');
        t.same(await read(cache, key), 'longest', `the value of a key of ${limit} bytes`);
        if (limit !== maxKeyBytes) return;
        const what = `of a key of ${limit + 1} bytes`;
        await t.refuses(() => put(cache, `${key}x`, 'value'), `set() ${what}`, exceeded);
        await t.refuses(() => cache.get(`${key}x`), `get() ${what}`, exceeded);
        await t.refuses(() => cache.delete(`${key}x`), `delete() ${what}`, exceeded);
        t.same(await read(cache, key), 'longest', 'the value of the longest key after that');
      },
    },
    {
      id: 'cache.capabilities.value-bytes',
      rule: 'A value of exactly `maxValueBytes` works, one of a byte more is refused',
      anchor: 'CacheCapabilities.maxValueBytes',
      why: 'a value that is cut off is read by nobody, and one that is dropped without a word is never found',
      async run(t) {
        const cache = await t.open();
        const { maxValueBytes } = t.capabilities;
        const limit = Number.isFinite(maxValueBytes) ? maxValueBytes : unlimitedBytes;
        const text = '\xfc'.repeat(limit);
        await put(cache, 'key', text);
        const isThere = async () => (await read(cache, 'key')) === text;
        t.that(await isThere(), `a value of ${limit} bytes to come back whole`, 'another value, or none');
        if (limit !== maxValueBytes) return;
        const tooLarge = () => put(cache, 'key', `${text}x`);
        await t.refuses(tooLarge, `set() of a value of ${limit + 1} bytes`, exceeded);
        t.that(await isThere(), 'the value before to stay after a refused one', 'another value, or none');
      },
    },
  ],
};
