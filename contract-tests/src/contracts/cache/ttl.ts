import type { Cache } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { forEachOf } from '../collect.ts';
import { type CacheChecks, put, read, withTtl } from './entries.ts';

/** How long entries live here, and when they are gone for certain, with the slack of a real clock. */
function times({ manualTime }: CacheChecks) {
  const ttlMs = manualTime ? 1000 : 250;
  return { ttlMs, goneAfterMs: ttlMs + (manualTime ? 0 : 5) };
}

const longMs = 60_000;

export const ttl: CheckGroup<Cache> = {
  id: 'ttl',
  title: 'Time to live',
  checks: [
    {
      id: 'cache.ttl.not-late',
      rule: 'An entry whose time to live is over is not given, and counts as absent',
      anchor: 'Cache.set',
      why: 'a permission that was withdrawn is cached for as long as was agreed, and no longer',
      when: withTtl,
      async run(t) {
        const cache = await t.open();
        const { ttlMs, goneAfterMs } = times(t);
        await put(cache, 'read', 'value', { ttlMs });
        await put(cache, 'deleted', 'value', { ttlMs });
        await t.wait(goneAfterMs);
        t.same(
          await read(cache, 'read'),
          undefined,
          `get() ${goneAfterMs} ms after set() with ttlMs ${ttlMs}`,
        );
        t.same(
          await cache.delete('deleted'),
          false,
          `delete() ${goneAfterMs} ms after set() with ttlMs ${ttlMs}`,
        );
        await put(cache, 'read', 'again');
        t.same(await read(cache, 'read'), 'again', 'the value set after that');
      },
    },
    {
      id: 'cache.ttl.all-of-many',
      rule: 'Of many entries that end at one time, none is given after it',
      anchor: 'Cache.set',
      why: 'what expires is often found by samples or in the background, and must not be given until then',
      when: withTtl,
      async run(t) {
        const cache = await t.open();
        const { ttlMs, goneAfterMs } = times(t);
        const keys = Array.from({ length: 500 }, (_, n) => `key ${n}`);
        await forEachOf(keys, (key) => put(cache, key, 'value', { ttlMs }));
        await t.wait(goneAfterMs);
        const given: string[] = [];
        await forEachOf(keys, async (key) => {
          if ((await read(cache, key)) !== undefined) given.push(key);
        });
        t.same(given.slice(0, 3), [], 'keys of 500 that were given after their time');
      },
    },
    {
      id: 'cache.ttl.is-kept',
      rule: 'An entry is there while much of its time to live is left',
      anchor: 'Cache.set',
      why: 'milliseconds that are taken for another unit make a cache that never hits, and nobody notices',
      when: withTtl,
      async run(t) {
        const cache = await t.open();
        await put(cache, 'key', 'value', { ttlMs: longMs });
        const waitMs = t.manualTime ? longMs / 2 : 250;
        await t.wait(waitMs);
        t.same(await read(cache, 'key'), 'value', `the value ${waitMs} ms after set() with ttlMs ${longMs}`);
      },
    },
    {
      id: 'cache.ttl.longest',
      rule: 'A time to live may be any number of milliseconds',
      anchor: 'Cache.set',
      why: 'a timer of Node that is set for more than 24.8 days fires at once',
      when: withTtl,
      async run(t) {
        const cache = await t.open();
        for (const ttlMs of [2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) {
          await put(cache, 'key', 'value', { ttlMs });
          await t.wait(20);
          t.same(await read(cache, 'key'), 'value', `the value set with ttlMs ${ttlMs}`);
        }
      },
    },
    {
      id: 'cache.ttl.shortest',
      rule: 'A time to live of a millisecond, or of a fraction, is one',
      anchor: 'Cache.set',
      why: 'times are what is left of a deadline: rounded down to 0, services take them for ever or refuse them',
      when: withTtl,
      async run(t) {
        const cache = await t.open();
        const all = [1, 0.5, Number.MIN_VALUE, 10.25];
        for (const ttlMs of all) await put(cache, `for ${ttlMs}`, 'value', { ttlMs });
        await t.wait(t.manualTime ? 11 : 30);
        for (const ttlMs of all) {
          t.same(await read(cache, `for ${ttlMs}`), undefined, `get() after a ttlMs of ${ttlMs} was over`);
        }
      },
    },
    {
      id: 'cache.ttl.reads-do-not-extend',
      rule: 'Reading an entry does not extend its life',
      anchor: 'Cache.set',
      why: 'a wrong answer that is asked for often would stay for ever',
      when: withTtl,
      async run(t) {
        const cache = await t.open();
        const { ttlMs, goneAfterMs } = times(t);
        await put(cache, 'key', 'value', { ttlMs });
        await t.wait(ttlMs / 2);
        await cache.get('key');
        await t.wait(goneAfterMs - ttlMs / 2);
        t.same(await read(cache, 'key'), undefined, 'get() at its end of an entry that was read half way');
      },
    },
    {
      id: 'cache.ttl.a-write-shortens-it',
      rule: 'A write brings its own time to live, also where the one before was longer or none',
      anchor: 'Cache.set',
      why: 'what was cached for ever by mistake could never be put right',
      when: withTtl,
      async run(t) {
        const cache = await t.open();
        const { ttlMs, goneAfterMs } = times(t);
        await put(cache, 'longer before', 'old', { ttlMs: longMs });
        await put(cache, 'longer before', 'new', { ttlMs });
        await put(cache, 'none before', 'old');
        await put(cache, 'none before', 'new', { ttlMs });
        await t.wait(goneAfterMs);
        for (const key of ['longer before', 'none before']) {
          t.same(await read(cache, key), undefined, `the entry with ${key} at the end of its new time`);
        }
      },
    },
    {
      id: 'cache.ttl.a-write-lengthens-it',
      rule: 'A write with a longer time to live starts it anew',
      anchor: 'Cache.set',
      why: 'an entry that is refreshed still ends at its old time',
      when: withTtl,
      async run(t) {
        const cache = await t.open();
        const { ttlMs, goneAfterMs } = times(t);
        await put(cache, 'key', 'old', { ttlMs });
        await put(cache, 'key', 'new', { ttlMs: longMs });
        await t.wait(goneAfterMs);
        t.same(await read(cache, 'key'), 'new', 'the entry last written with a longer ttlMs');
      },
    },
    {
      id: 'cache.ttl.a-write-removes-it',
      rule: 'A write without a time to live has none, whatever the entry had before',
      anchor: 'Cache.set',
      why: 'the timer of the entry before ends the one that took its place',
      when: withTtl,
      async run(t) {
        const cache = await t.open();
        const { ttlMs, goneAfterMs } = times(t);
        await put(cache, 'key', 'old', { ttlMs });
        await cache.delete('key');
        await put(cache, 'key', 'old', { ttlMs });
        await put(cache, 'key', 'new');
        await t.wait(goneAfterMs);
        t.same(await read(cache, 'key'), 'new', 'the entry last written without ttlMs');
      },
    },
    {
      id: 'cache.ttl.refuses-nonsense',
      rule: 'A time to live is a number of milliseconds greater than 0',
      anchor: 'Cache.set',
      why: 'services read 0 and negative times as "for ever" or "delete"',
      when: withTtl,
      async run(t) {
        const cache = await t.open();
        await put(cache, 'key', 'before');
        for (const nonsense of [0, -0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5', null]) {
          const ttlMs = nonsense as number;
          await t.refuses(
            () => put(cache, 'key', 'after', { ttlMs }),
            `set() with ttlMs ${String(nonsense)}`,
            {
              code: 'AIWORK_INVALID_ARGUMENT',
            },
          );
        }
        t.same(await read(cache, 'key'), 'before', 'the value after refused writes');
      },
    },
  ],
};
