import type { RunStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { create, slackMs } from './journal.ts';

const ttlMs = 300;

export const leases: CheckGroup<RunStore> = {
  id: 'leases',
  title: 'Leases',
  checks: [
    {
      id: 'run-store.leases.one-owner',
      rule: 'A lease is held by one owner until it expires, and then free for all',
      anchor: 'RunStore.lease',
      why: 'two owners run every step twice; a lease that never ends loses the run of a crashed worker',
      async run(t) {
        const store = await t.open();
        await create(store, 'run');
        const begun = t.now();
        t.same(await store.lease('run', 'a', ttlMs), true, 'lease() of a free run');
        await t.wait(t.manualTime ? ttlMs - 1 : ttlMs / 2);
        const taken = await store.lease('run', 'b', 60_000);
        t.that(
          !taken || t.now() - begun >= ttlMs,
          'lease() for another owner before the end to be false',
          taken,
        );
        await t.wait(t.manualTime ? 1 : ttlMs / 2 + slackMs);
        t.same(
          await store.lease('run', 'b', 60_000),
          true,
          `lease() for another owner ${ttlMs} ms after it was taken`,
        );
        t.same(await store.lease('run', 'a', ttlMs), false, 'lease() for the owner before');
      },
    },
    {
      id: 'run-store.leases.renewed',
      rule: 'Its owner renews a lease, from then on',
      anchor: 'RunStore.lease',
      why: 'a long run would be taken from a worker that is well',
      async run(t) {
        const store = await t.open();
        await create(store, 'run');
        await store.lease('run', 'a', ttlMs);
        await t.wait(ttlMs / 2);
        t.same(await store.lease('run', 'a', ttlMs * 20), true, 'lease() for its owner');
        await t.wait(ttlMs);
        t.same(
          await store.lease('run', 'b', ttlMs),
          false,
          'lease() for another owner after the first time is over',
        );
      },
    },
    {
      id: 'run-store.leases.given-back-by-owner',
      rule: 'Only its owner gives a lease back',
      anchor: 'RunStore.release',
      why: 'a worker that shuts down late must not free what another has taken over',
      async run(t) {
        const store = await t.open();
        await create(store, 'run');
        await store.lease('run', 'a', 60_000);
        await store.release('run', 'b');
        t.same(await store.lease('run', 'b', 60_000), false, 'lease() after release() by another owner');
        await store.release('run', 'a');
        t.same(await store.lease('run', 'b', 60_000), true, 'lease() after release() by its owner');
      },
    },
    {
      id: 'run-store.leases.refuse-nonsense',
      rule: 'A lease is taken for a number of milliseconds greater than 0',
      anchor: 'RunStore.lease',
      why: 'services read 0 and negative times as "for ever"',
      async run(t) {
        const store = await t.open();
        await create(store, 'run');
        for (const nonsense of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
          await t.refuses(() => store.lease('run', 'a', nonsense), `lease() for ${nonsense} ms`, {
            code: 'AIWORK_INVALID_ARGUMENT',
          });
        }
        t.same(await store.lease('run', 'b', 60_000), true, 'lease() for another owner after that');
      },
    },
  ],
};
