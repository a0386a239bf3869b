import type { RunStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { lookAlikes } from '../look-alikes.ts';
import { create, runEvents, slackMs } from './journal.ts';

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
      id: 'run-store.leases.owners-apart',
      rule: 'Owners whose names look alike are not the same',
      anchor: 'RunStore.lease',
      why: 'two workers whose names are folded or cut off into one both hold the run',
      async run(t) {
        const store = await t.open();
        for (const [n, [one, other]] of lookAlikes.entries()) {
          const run = `run ${n}`;
          const [name, second] = [one, other].map((owner) => JSON.stringify(owner));
          await create(store, run);
          await store.lease(run, one, 60_000);
          t.same(await store.lease(run, other, 60_000), false, `lease() for ${second} of what ${name} holds`);
          await store.release(run, other);
          t.same(
            await store.append(run, { expectedSeq: 0, events: runEvents(run, 1), owner: other }),
            { applied: false, reason: 'lease' },
            `append() by ${second} to what ${name} holds`,
          );
          t.same(await store.lease(run, one, 60_000), true, `lease() for ${name} after that`);
        }
      },
    },
    {
      id: 'run-store.leases.any-length',
      rule: 'A lease may be taken for any number of milliseconds, also for a fraction of one',
      anchor: 'RunStore.lease',
      why: 'a timer of Node that is set for more than 24.8 days fires at once',
      async run(t) {
        const store = await t.open();
        for (const longMs of [2 ** 31, 2 ** 32 + 1, 2 ** 40]) {
          await create(store, `for ${longMs}`);
          await store.lease(`for ${longMs}`, 'a', longMs);
          await t.wait(20);
          t.same(
            await store.lease(`for ${longMs}`, 'b', 1000),
            false,
            `lease() for another owner after one for ${longMs} ms`,
          );
        }
        await create(store, 'short');
        t.same(await store.lease('short', 'a', 0.5), true, 'lease() for half a millisecond');
        await t.wait(slackMs);
        t.same(await store.lease('short', 'b', 1000), true, 'lease() for another owner after that');
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
