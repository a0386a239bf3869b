import type { StateStore } from '@aiwork/core';
import type { CheckContext } from '../../engine/check-context.ts';
import type { CheckGroup } from '../../engine/contract.ts';
import { collect } from '../collect.ts';
import { all, withCompareAndSet, withTtl } from './conditions.ts';
import { put, readValue } from './writing.ts';

/** Times of a store: how long entries live here, and when they have to be gone at the latest. */
function times({ capabilities, manualTime }: CheckContext<StateStore>) {
  const { granularityMs = 1, maxLateMs = 0 } = capabilities.ttl || {};
  const ttlMs = manualTime ? 1000 * granularityMs : Math.max(250, 4 * granularityMs);
  // Beside a real clock, some milliseconds pass between the call and the moment a service counts from.
  const slackMs = manualTime ? 0 : 25;
  return { ttlMs, granularityMs, maxLateMs, goneAfterMs: ttlMs + maxLateMs + slackMs };
}

export const ttl: CheckGroup<StateStore> = {
  id: 'ttl',
  title: 'Time to live',
  checks: [
    {
      id: 'state-store.ttl.not-early',
      rule: 'An entry is never gone early by more than `granularityMs`',
      anchor: 'StateStoreCapabilities.ttl',
      why: 'a session that ends before its time loses work that was promised to be there',
      when: withTtl,
      async run(t) {
        const store = await t.open();
        const { ttlMs, granularityMs } = times(t);
        const start = t.now();
        await put(store, 'key', 1, { ttlMs });
        await t.wait(t.manualTime ? ttlMs - granularityMs : ttlMs * 0.6);
        const value = await readValue(store, 'key');
        const elapsedMs = Math.ceil(t.now() - start);
        t.that(
          value === 1 || elapsedMs > ttlMs - granularityMs,
          `the entry with ttlMs ${ttlMs} to be there after ${elapsedMs} ms`,
          value,
        );
      },
    },
    {
      id: 'state-store.ttl.not-late',
      rule: 'An expired entry is gone at the latest `maxLateMs` after its time, for every way to see it',
      anchor: 'StateStoreCapabilities.ttl',
      why: 'a token that outlives its time is used after it should be worthless',
      when: withTtl,
      async run(t) {
        const store = await t.open();
        const { ttlMs, goneAfterMs } = times(t);
        await put(store, 'key', 1, { ttlMs });
        await put(store, 'listed', 1, { ttlMs });
        await put(store, 'stays', 1);
        await t.wait(goneAfterMs);
        const after = `${goneAfterMs} ms after a set() with ttlMs ${ttlMs}`;
        if (t.capabilities.list) t.same(await collect(store.keys()), ['stays'], `keys() ${after}`);
        t.same(
          [...(await store.getMany(['listed', 'stays'])).keys()],
          ['stays'],
          `the keys of getMany() ${after}`,
        );
        t.same(await store.get('key'), undefined, `get() ${after}`);
        t.same(await store.delete('listed'), false, `delete() ${after}`);
      },
    },
    {
      id: 'state-store.ttl.reads-do-not-extend',
      rule: 'Reading an entry does not extend its life',
      anchor: 'SetOptions.ttlMs',
      why: 'a value that is polled would never expire',
      when: withTtl,
      async run(t) {
        const store = await t.open();
        const { ttlMs, goneAfterMs } = times(t);
        await put(store, 'get', 1, { ttlMs });
        await put(store, 'many', 1, { ttlMs });
        await t.wait(ttlMs / 2);
        await store.get('get');
        await store.getMany(['many']);
        await t.wait(goneAfterMs - ttlMs / 2);
        t.same(
          await store.get('get'),
          undefined,
          'get() at its end of an entry that was read with get() half way',
        );
        t.same(
          await store.get('many'),
          undefined,
          'get() at its end of an entry that was read with getMany() half way',
        );
      },
    },
    {
      id: 'state-store.ttl.a-write-replaces-it',
      rule: 'A write sets its own time to live; without one the entry stays, whatever it had before',
      anchor: 'SetOptions.ttlMs',
      why: 'an entry made permanent that still expires is silent loss',
      when: withTtl,
      async run(t) {
        const store = await t.open();
        const { ttlMs, goneAfterMs } = times(t);
        await put(store, 'permanent', 1, { ttlMs });
        await put(store, 'permanent', 2);
        await put(store, 'longer', 1, { ttlMs });
        await put(store, 'longer', 2, { ttlMs: ttlMs * 20 });
        await put(store, 'shorter', 1, { ttlMs: ttlMs * 20 });
        await put(store, 'shorter', 2, { ttlMs });
        await put(store, 'bounded', 1);
        await put(store, 'bounded', 2, { ttlMs });
        const guarded = t.capabilities.compareAndSet;
        if (guarded) {
          await put(store, 'guarded, permanent', 2, {
            ifVersion: await put(store, 'guarded, permanent', 1, { ttlMs }),
          });
          await put(store, 'guarded, bounded', 2, {
            ttlMs,
            ifVersion: await put(store, 'guarded, bounded', 1),
          });
          await put(store, 'created, bounded', 2, { ttlMs, ifVersion: null });
        }
        await t.wait(goneAfterMs);
        t.same(await readValue(store, 'permanent'), 2, 'the entry last written without ttlMs');
        t.same(await readValue(store, 'longer'), 2, 'the entry last written with a longer ttlMs');
        t.same(await store.get('shorter'), undefined, 'the entry last written with a shorter ttlMs');
        t.same(await store.get('bounded'), undefined, 'the entry last written with a ttlMs');
        if (!guarded) return;
        t.same(
          await readValue(store, 'guarded, permanent'),
          2,
          'the entry last written with ifVersion and without ttlMs',
        );
        for (const key of ['guarded, bounded', 'created, bounded']) {
          t.same(await store.get(key), undefined, `the entry last written with ifVersion and ttlMs, ${key},`);
        }
      },
    },
    {
      id: 'state-store.ttl.expired-counts-as-absent',
      rule: 'To compare-and-set an expired entry is no entry',
      anchor: 'SetOptions.ifVersion',
      why: 'a lock whose holder died could never be taken again',
      when: all(withTtl, withCompareAndSet),
      async run(t) {
        const store = await t.open();
        const { ttlMs, goneAfterMs } = times(t);
        const old = await put(store, 'created', 1, { ttlMs });
        const guarded = await put(store, 'guarded', 1, { ttlMs });
        await t.wait(goneAfterMs);
        const create = await store.set('created', 2, { ifVersion: null });
        t.that(create.applied, 'a create over an expired entry to be applied', create);
        t.that(
          create.applied && create.version !== old,
          'a version other than that of the expired entry',
          create,
        );
        t.same(
          await store.set('guarded', 2, { ifVersion: guarded }),
          { applied: false },
          'a write with the version of an expired entry',
        );
      },
    },
    {
      id: 'state-store.ttl.refused-writes-keep-it',
      rule: 'A write that is not applied leaves the time to live as it was',
      anchor: 'SetOptions.ifVersion',
      why: 'losers of a race for a lock would keep the lock of the winner alive for ever',
      when: all(withTtl, withCompareAndSet),
      async run(t) {
        const store = await t.open();
        const { ttlMs, goneAfterMs } = times(t);
        await put(store, 'key', 1, { ttlMs });
        await put(store, 'permanent', 1);
        await store.set('key', 2, { ifVersion: null, ttlMs: ttlMs * 20 });
        await store.set('permanent', 2, { ifVersion: null, ttlMs });
        await t.wait(goneAfterMs);
        t.same(await store.get('key'), undefined, 'the entry after a refused write with a longer ttlMs');
        t.same(await readValue(store, 'permanent'), 1, 'the entry after a refused write with a ttlMs');
      },
    },
    {
      id: 'state-store.ttl.any-length',
      rule: 'A time to live may be any number of milliseconds, also a fraction of one',
      anchor: 'SetOptions.ttlMs',
      why: 'a timer of Node that is set for more than 24.8 days fires at once; a fraction cut down to 0 is for ever',
      when: withTtl,
      async run(t) {
        const store = await t.open();
        const { goneAfterMs } = times(t);
        const long = [2 ** 31, 2 ** 32 + 1, 2 ** 40];
        for (const ttlMs of long) await put(store, `${ttlMs}`, 1, { ttlMs });
        for (const ttlMs of [0.5, 1.5]) await put(store, `${ttlMs}`, 1, { ttlMs });
        await t.wait(goneAfterMs);
        for (const ttlMs of long) {
          t.same(
            await readValue(store, `${ttlMs}`),
            1,
            `the entry with ttlMs ${ttlMs} after ${goneAfterMs} ms`,
          );
        }
        for (const ttlMs of [0.5, 1.5]) {
          t.same(
            await store.get(`${ttlMs}`),
            undefined,
            `the entry with ttlMs ${ttlMs} after ${goneAfterMs} ms`,
          );
        }
      },
    },
    {
      id: 'state-store.ttl.refuses-nonsense',
      rule: 'A time to live is a number of milliseconds greater than 0',
      anchor: 'SetOptions.ttlMs',
      why: 'services read 0 and negative times as "for ever" or "delete"',
      when: withTtl,
      async run(t) {
        const store = await t.open();
        await put(store, 'key', 1);
        for (const ttlMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5' as unknown as number]) {
          await t.refuses(
            () => store.set('key', 2, { ttlMs }),
            `set() with ttlMs ${JSON.stringify(ttlMs) ?? ttlMs}`,
            {
              code: 'AIWORK_INVALID_ARGUMENT',
            },
          );
        }
        t.same(await readValue(store, 'key'), 1, 'the value after refused writes');
      },
    },
  ],
};
