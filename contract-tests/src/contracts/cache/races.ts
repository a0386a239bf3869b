import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Cache } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { type Call, fitOneOrder } from '../linearizability.ts';
import { type CacheChecks, put, read } from './entries.ts';

const rounds = 20;
const racers = 6;

/** Values of different lengths, each of one character only, so that a mix of two shows. */
const uniform = (letter: number) => String.fromCharCode(0x61 + letter).repeat(1000 + 137 * (letter % 7));

const isWhole = (text: string | undefined) =>
  text === undefined || text === uniform(text.charCodeAt(0) - 0x61);

/** What is read in some turns of the event loop, one after the other. */
async function watch(cache: Cache): Promise<readonly (string | undefined)[]> {
  const seen: (string | undefined)[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    await nextTurn();
    seen.push(await read(cache, 'key'));
  }
  return seen;
}

type CellOp =
  | { readonly kind: 'get'; readonly saw: string | undefined }
  | { readonly kind: 'set'; readonly text: string }
  | { readonly kind: 'delete'; readonly deleted: boolean };

const empty = '';

/** A cell that may miss at any time, but never gives another value than the last. */
function cell(text: string, op: CellOp): string | undefined {
  if (op.kind === 'set') return op.text;
  if (op.kind === 'get') return op.saw === undefined || op.saw === text ? text : undefined;
  return op.deleted && text === empty ? undefined : empty;
}

/** Every client sets, reads and deletes one key, all at once. */
async function contend(t: CacheChecks): Promise<readonly Call<CellOp>[]> {
  const caches = await t.openSeveral(racers);
  const calls: Call<CellOp>[] = [];
  let time = 0;
  const timed = async (client: number, call: () => Promise<CellOp>) => {
    time += 1;
    const from = time;
    const op = await call();
    time += 1;
    calls.push({ client, op, from, to: time });
  };
  const turn = async (cache: Cache, client: number, n: number) => {
    const text = `${client} ${n}`;
    await timed(client, () => put(cache, 'key', text).then(() => ({ kind: 'set', text })));
    await timed(client, async () => ({ kind: 'get', saw: await read(cache, 'key') }));
    if (n % 4 === client % 4)
      await timed(client, async () => ({ kind: 'delete', deleted: await cache.delete('key') }));
    await timed(client, async () => ({ kind: 'get', saw: await read(cache, 'key') }));
  };
  await Promise.all(
    caches.map(async (cache, client) => {
      for (let n = 0; n < 6; n += 1) await turn(cache, client, n);
    }),
  );
  return calls;
}

export const races: CheckGroup<Cache> = {
  id: 'races',
  title: 'Races',
  checks: [
    {
      id: 'cache.races.deleted-once',
      rule: 'Of several deletes at once, exactly one deleted the entry',
      anchor: 'Cache.delete',
      why: 'a ticket taken by deleting it would be used twice',
      async run(t) {
        const caches = await t.openSeveral(racers);
        for (let round = 0; round < rounds; round += 1) {
          await put(caches[round % racers] as Cache, 'key', `${round}`);
          const results = await Promise.all(caches.map((cache) => cache.delete('key')));
          t.same(results.filter(Boolean).length, 1, `the number of ${racers} deletes at once that said true`);
        }
      },
    },
    {
      id: 'cache.races.whole',
      rule: 'A value read while others are set is one of them, whole',
      anchor: 'Cache',
      why: 'half of one value and half of another is data that nobody wrote',
      async run(t) {
        const caches = await t.openSeveral(racers);
        for (let round = 0; round < rounds; round += 1) {
          const [seen] = await Promise.all([
            Promise.all(caches.map(watch)).then((watched) => watched.flat()),
            ...caches.map((cache, n) => put(cache, 'key', uniform((round * racers + n) % 26))),
          ]);
          const torn = seen.find((text) => !isWhole(text));
          t.that(torn === undefined, 'every value read to be one that was set', torn);
          t.that(
            isWhole(await read(caches[0] as Cache, 'key')),
            'the value after the race to be whole',
            'a mix',
          );
        }
      },
    },
    {
      id: 'cache.races.one-is-last',
      rule: 'After several writes at once, every client reads the same one of them',
      anchor: 'Cache',
      why: 'processes that go on with different values never agree again',
      async run(t) {
        const caches = await t.openSeveral(racers);
        for (let round = 0; round < rounds; round += 1) {
          const texts = caches.map((_, n) => `${n} in round ${round}`);
          await Promise.all(caches.map((cache, n) => put(cache, 'key', texts[n] as string)));
          const seen = await Promise.all(caches.map((cache) => read(cache, 'key')));
          t.that(texts.includes(`${seen[0]}`), 'the value after a race to be one of those set', seen[0]);
          t.same(new Set(seen).size, 1, 'the number of different values that clients read after a race');
        }
      },
    },
    {
      id: 'cache.races.answers-do-not-mix',
      rule: 'Of many calls at once, each gets the answer to its own',
      anchor: 'Cache.get',
      why: 'answers that are one off give everybody the data of somebody else',
      async run(t) {
        const cache = await t.open();
        const keys = Array.from({ length: 200 }, (_, n) => `key ${n}`);
        await Promise.all(keys.map((key) => put(cache, key, `of ${key}`)));
        for (const order of [keys, keys.toReversed()]) {
          const seen = await Promise.all(order.map(async (key) => [key, await read(cache, key)] as const));
          const wrong = seen.find(([key, text]) => text !== undefined && text !== `of ${key}`);
          t.same(wrong, undefined, 'a key that was given the value of another');
        }
      },
    },
    {
      id: 'cache.races.linearizable',
      rule: 'Once a write or a delete has resolved, nobody is given what was there before it',
      anchor: 'Cache',
      why: 'whoever replaced an answer must be able to rely on that everybody has the new one',
      async run(t) {
        fitOneOrder(t, await contend(t), empty, cell);
      },
    },
  ],
};
