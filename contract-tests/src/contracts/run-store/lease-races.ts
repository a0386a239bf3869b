import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RunStore } from '@aiwork/core';
import type { CheckContext } from '../../engine/check-context.ts';
import type { CheckGroup } from '../../engine/contract.ts';
import { Violation } from '../../engine/violation.ts';
import { fitOneOrder } from '../linearizability.ts';
import { create, runEvents, seqsOf, slackMs } from './journal.ts';
import { contend, freeAndEmpty, holdStep } from './lease-history.ts';

const racers = 6;
const rounds = 20;
const ttlMs = 300;
const longMs = 60_000;
/** Far more than it takes six clients to get out of each other's way. */
const maxAttempts = 2000;

const runs: readonly string[] = Array.from({ length: rounds }, (_, n) => `run ${n}`);
const ownerOf = (racer: number) => `owner ${racer}`;

/** Clients, the last of which had leases of all `runs` for `holder`, until now. */
async function expired(t: CheckContext<RunStore>, holder: string): Promise<readonly RunStore[]> {
  const stores = await t.openSeveral(racers);
  const last = stores.at(-1) as RunStore;
  for (const run of runs) await create(last, run);
  await Promise.all(runs.map((run) => last.lease(run, holder, ttlMs)));
  await t.wait(ttlMs + (t.manualTime ? 0 : slackMs));
  return stores;
}

/** Which of the clients got the lease of `run` when all asked at once. */
async function race(stores: readonly RunStore[], run: string): Promise<readonly number[]> {
  const taken = await Promise.all(stores.map((store, racer) => store.lease(run, ownerOf(racer), longMs)));
  return taken.flatMap((got, racer) => (got ? [racer] : []));
}

/** Takes the lease as soon as it is free. */
async function take(store: RunStore, run: string, owner: string): Promise<void> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    if (await store.lease(run, owner, longMs)) return;
    await nextTurn();
  }
  throw new Violation(`one of ${maxAttempts} tries to get a lease that is given back to succeed`, 'none');
}

export const leaseRaces: CheckGroup<RunStore> = {
  id: 'lease-races',
  title: 'Races for a lease',
  checks: [
    {
      id: 'run-store.lease-races.one-after-expiry',
      rule: 'Of several owners that take an expired lease at once, one gets it',
      anchor: 'RunStore.lease',
      why: 'all workers that look for the runs of a crashed one find them at the same time',
      async run(t) {
        const stores = await expired(t, 'crashed');
        for (const run of runs) {
          const winners = await race(stores, run);
          t.same(winners.length, 1, `the number of ${racers} owners at once who got an expired lease`);
        }
      },
    },
    {
      id: 'run-store.lease-races.renewed-or-taken',
      rule: 'An owner that renews its expired lease while others take it is one of them, and one gets it',
      anchor: 'RunStore.lease',
      why: 'a worker that was paused goes on beside the one that has taken over',
      async run(t) {
        const stores = await expired(t, ownerOf(racers - 1));
        for (const run of runs) {
          const winners = await race(stores, run);
          t.same(
            winners.length,
            1,
            `the number of ${racers} who got an expired lease, its owner among them,`,
          );
        }
      },
    },
    {
      id: 'run-store.lease-races.one-after-release',
      rule: 'Of several owners that ask while a lease is given back, one gets it at the most',
      anchor: 'RunStore.release',
      why: 'an orderly shutdown hands each run to one worker, not to two',
      async run(t) {
        const stores = await t.openSeveral(racers);
        const [first] = stores as readonly [RunStore];
        for (const run of runs) {
          await create(first, run);
          await first.lease(run, 'leaving', longMs);
          const [winners] = await Promise.all([race(stores, run), first.release(run, 'leaving')]);
          t.that(winners.length <= 1, `at most one of ${racers} to get a lease that is given back`, winners);
          const after = winners.length === 1 ? winners : await race(stores, run);
          t.same(after.length, 1, `the number of ${racers} owners at once who got a lease after release()`);
          t.same(await race(stores, run), after, 'who has the lease when all ask again');
        }
      },
    },
    {
      id: 'run-store.lease-races.late-release',
      rule: 'An owner whose lease has expired gives nothing back',
      anchor: 'RunStore.release',
      why: 'a worker that was paused and then shuts down would free the run that another works on',
      async run(t) {
        const stores = await expired(t, 'late');
        const [second, third] = stores as readonly [RunStore, RunStore];
        const late = stores.at(-1) as RunStore;
        for (const run of runs) {
          t.same(await second.lease(run, 'next', longMs), true, 'lease() for the next owner');
          const [, stolen] = await Promise.all([
            late.release(run, 'late'),
            third.lease(run, 'thief', longMs),
          ]);
          t.same(stolen, false, 'lease() for a third owner during release() by the one before');
          t.same(
            await third.lease(run, 'thief', longMs),
            false,
            'lease() for a third owner after release() by the one before',
          );
        }
      },
    },
    {
      id: 'run-store.lease-races.overtaken-owner',
      rule: 'Of an owner and the one that took over from it, only the second appends',
      anchor: 'Append.owner',
      why: 'a worker that does not know that its lease has expired writes what the next one never saw',
      async run(t) {
        const stores = await expired(t, 'late');
        const [second] = stores as readonly [RunStore];
        const late = stores.at(-1) as RunStore;
        for (const run of runs) {
          await second.lease(run, 'next', longMs);
          const append = { expectedSeq: 0, events: runEvents(run, 1) };
          const results = await Promise.all([
            late.append(run, { ...append, owner: 'late' }),
            second.append(run, { ...append, owner: 'next' }),
          ]);
          t.same(
            results,
            [
              { applied: false, reason: 'lease' },
              { applied: true, seq: 1 },
            ],
            'what the owner before and the next one are told of their appends at once',
          );
        }
      },
    },
    {
      id: 'run-store.lease-races.holders-in-turn',
      rule: 'Whoever holds the lease reads the journal and appends to it undisturbed',
      anchor: 'Append.owner',
      why: 'the engine reads a run once, and goes on appending by what it knows',
      async run(t) {
        const stores = await t.openSeveral(racers);
        const [first] = stores as readonly [RunStore];
        const turns = 4;
        await create(first, 'run');
        const work = async (store: RunStore, owner: string) => {
          await take(store, 'run', owner);
          const expectedSeq = (await seqsOf(store, 'run')).length;
          for (let turn = t.random.integer(1, 5); turn > 0; turn -= 1) await nextTurn();
          const result = await store.append('run', {
            expectedSeq,
            events: runEvents('run', expectedSeq + 1),
            owner,
          });
          t.same(result, { applied: true, seq: expectedSeq + 1 }, 'an append by the holder of the lease');
          await store.release('run', owner);
        };
        await Promise.all(
          stores.map(async (store, racer) => {
            for (let turn = 0; turn < turns; turn += 1) await work(store, ownerOf(racer));
          }),
        );
        t.same((await seqsOf(first, 'run')).length, racers * turns, 'the number of events after all turns');
      },
    },
    {
      id: 'run-store.lease-races.linearizable',
      rule: 'Taking, renewing, giving back, appending by owner and reading are linearizable for each run',
      anchor: 'RunStore.lease',
      why: 'a lease is worth what the last of these calls knows of the others',
      async run(t) {
        const stores = await t.openSeveral(racers);
        for (const run of runs.slice(0, 8)) {
          await create(stores[0] as RunStore, run);
          fitOneOrder(t, await contend(stores, run, t.random), freeAndEmpty, holdStep);
        }
      },
    },
  ],
};
