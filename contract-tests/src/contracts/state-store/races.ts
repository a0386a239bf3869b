import type { StateStore } from '@aiwork/core';
import type { CheckContext } from '../../engine/check-context.ts';
import type { CheckGroup } from '../../engine/contract.ts';
import { Violation } from '../../engine/violation.ts';
import { type Call, fitOneOrder } from '../linearizability.ts';
import { all, linearizable, withCompareAndSet } from './conditions.ts';
import { put, readValue } from './writing.ts';

const rounds = 20;
const racers = 6;
/** Far more than it takes six clients to get out of each other's way. */
const maxAttempts = 2000;

/** What was called and answered: reads give the version they saw, `null` for no entry. */
type RegisterOp =
  | { readonly kind: 'read'; readonly saw: string | null }
  | { readonly kind: 'write'; readonly ifVersion: string | null; readonly wrote: string | undefined };

const none = '';

function register(version: string, op: RegisterOp): string | undefined {
  if (op.kind === 'read') return (op.saw ?? none) === version ? version : undefined;
  const matches = (op.ifVersion ?? none) === version;
  if (op.wrote === undefined) return matches ? undefined : version;
  return matches ? op.wrote : undefined;
}

/** Every client reads and writes what it read, over and over, all at once. */
async function contend(t: CheckContext<StateStore>): Promise<readonly Call<RegisterOp>[]> {
  const stores = await t.openSeveral(racers);
  const calls: Call<RegisterOp>[] = [];
  let time = 0;
  const timed = async (client: number, call: () => Promise<RegisterOp>) => {
    time += 1;
    const from = time;
    const op = await call();
    time += 1;
    calls.push({ client, op, from, to: time });
    return op;
  };
  await Promise.all(
    stores.map(async (store, client) => {
      for (let turn = 0; turn < 8; turn += 1) {
        const read = await timed(client, async () => ({
          kind: 'read',
          saw: (await store.get('key'))?.version ?? null,
        }));
        const ifVersion = read.kind === 'read' ? read.saw : null;
        await timed(client, async () => {
          const result = await store.set('key', turn, { ifVersion });
          return { kind: 'write', ifVersion, wrote: result.applied ? result.version : undefined };
        });
      }
    }),
  );
  return calls;
}

export const races: CheckGroup<StateStore> = {
  id: 'races',
  title: 'Races',
  checks: [
    {
      id: 'state-store.races.one-creator',
      rule: 'Of several creates at once, exactly one is applied, and its value is what stays',
      anchor: 'SetOptions.ifVersion',
      why: 'two winners of one lock both do the work',
      when: withCompareAndSet,
      async run(t) {
        const stores = await t.openSeveral(racers);
        for (let round = 0; round < rounds; round += 1) {
          const key = `key ${round}`;
          const results = await Promise.all(
            stores.map((store, racer) => store.set(key, racer, { ifVersion: null })),
          );
          const winners = results.flatMap(({ applied }, racer) => (applied ? [racer] : []));
          t.same(winners.length, 1, `the number of creates applied of ${racers} at once`);
          t.same(await readValue(stores[0] as StateStore, key), winners[0], 'the value after the race');
        }
      },
    },
    {
      id: 'state-store.races.one-successor',
      rule: 'Of several writes of one version at once, exactly one is applied',
      anchor: 'SetOptions.ifVersion',
      why: 'all but one of the updates would be lost without a word',
      when: withCompareAndSet,
      async run(t) {
        const stores = await t.openSeveral(racers);
        for (let round = 0; round < rounds; round += 1) {
          const ifVersion = await put(stores[0] as StateStore, 'key', 'start');
          const results = await Promise.all(
            stores.map((store, racer) => store.set('key', racer, { ifVersion })),
          );
          const winners = results.flatMap(({ applied }, racer) => (applied ? [racer] : []));
          t.same(winners.length, 1, `the number of writes applied of ${racers} with one version`);
          t.same(await readValue(stores[1] as StateStore, 'key'), winners[0], 'the value after the race');
        }
      },
    },
    {
      id: 'state-store.races.no-lost-update',
      rule: 'A counter that several clients raise by compare-and-set counts every one',
      anchor: 'SetOptions.ifVersion',
      why: 'budgets and quotas are such counters',
      when: withCompareAndSet,
      async run(t) {
        const stores = await t.openSeveral(racers);
        const each = 10;
        const raise = async (store: StateStore) => {
          for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
            const entry = await store.get('count');
            const raised = ((entry?.value ?? 0) as number) + 1;
            if ((await store.set('count', raised, { ifVersion: entry?.version ?? null })).applied) return;
          }
          throw new Violation(`one of ${maxAttempts} tries to raise the counter to be applied`, 'none');
        };
        await Promise.all(
          stores.map(async (store) => {
            for (let n = 0; n < each; n += 1) await raise(store);
          }),
        );
        t.same(
          await readValue(stores[0] as StateStore, 'count'),
          racers * each,
          `the count after ${racers * each} raises`,
        );
      },
    },
    {
      id: 'state-store.races.deleted-once',
      rule: 'Of several deletes at once, exactly one deleted the entry',
      anchor: 'StateStore.delete',
      why: 'a message taken by deleting it would be handled twice',
      async run(t) {
        const stores = await t.openSeveral(racers);
        for (let round = 0; round < rounds; round += 1) {
          const version = await put(stores[0] as StateStore, 'key', round);
          const guarded = t.capabilities.compareAndSet && round % 2 === 1;
          const results = await Promise.all(
            stores.map((store) => store.delete('key', guarded ? { ifVersion: version } : {})),
          );
          t.same(results.filter(Boolean).length, 1, `the number of ${racers} deletes at once that said true`);
        }
      },
    },
    {
      id: 'state-store.races.guarded-delete',
      rule: 'A delete with `ifVersion` does not take what is written at the same time',
      anchor: 'StateStore.delete',
      why: 'a lock that is given back late would be taken from the next one who has it',
      when: withCompareAndSet,
      async run(t) {
        const [writer, ...others] = (await t.openSeveral(racers)) as [StateStore, ...StateStore[]];
        for (let round = 0; round < rounds; round += 1) {
          const ifVersion = await put(writer, 'key', 'old');
          const deleting = others.map((store) => store.delete('key', { ifVersion }));
          await Promise.all([...deleting, writer.set('key', round)]);
          t.same(
            await readValue(writer, 'key'),
            round,
            `the value that was set while ${others.length} deleted the one before`,
          );
        }
      },
    },
    {
      id: 'state-store.races.linearizable',
      rule: 'Reads and compare-and-sets of one key are linearizable',
      anchor: 'StateStoreCapabilities.consistency',
      why: 'whoever decides by a read has to see every write that was acknowledged before',
      when: all(withCompareAndSet, linearizable),
      async run(t) {
        fitOneOrder(t, await contend(t), none, register);
      },
    },
  ],
};
