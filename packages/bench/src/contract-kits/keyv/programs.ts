import { mock } from 'node:test';
import type { AnyAdapter } from '@aiwork/contract-tests';
import Keyv, { type KeyvStoreAdapter } from 'keyv';
import type { Use } from '../use.ts';

/** A program of Keyvs that share what they store. */
interface Program {
  readonly name: string;
  play(keyv: Keyv, another: () => Keyv): Promise<unknown>;
}

const program = (name: string, play: Program['play']): Program => ({ name, play });

/** The programs, with storages of a kind below them. */
export function keyvUses<A extends AnyAdapter>(
  storage: (open: () => Promise<A>) => KeyvStoreAdapter,
): readonly Use<A>[] {
  return programs.map(({ name, play }) => ({
    name,
    play(open) {
      const connect = () => {
        const keyv = new Keyv(storage(open));
        keyv.on('error', () => {});
        return keyv;
      };
      return play(connect(), connect);
    },
  }));
}

const pass = (ms: number) => mock.timers.tick(ms);
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `n${i}`);
const setAll = (keyv: Keyv, keys: readonly string[]) => Promise.all(keys.map((key, i) => keyv.set(key, i)));
const readAll = (keyv: Keyv, keys: readonly string[]) => Promise.all(keys.map((key) => keyv.get(key)));

async function entriesOf(keyv: Keyv): Promise<unknown[]> {
  if (!keyv.iterator) return [];
  const entries = [];
  for await (const entry of keyv.iterator(undefined)) entries.push(entry as [string, unknown]);
  return entries.sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
}

const alike = [
  'a',
  'A',
  ' a',
  'a ',
  'a/',
  '../a',
  'é',
  'e\u0301',
  'nul\0one',
  'nul\0two',
  'nul',
  '%61',
  '*',
  'a:b',
];
const extending = Array.from({ length: 600 }, (_, i) => 'x'.repeat(i + 1));
const values = [
  null,
  0,
  '',
  false,
  [],
  {},
  { a: undefined, b: [1, { c: null }] },
  JSON.parse('{"__proto__":1}'),
];
const long = 'v'.repeat(5000);

/** What can be done with a Keyv: every method, with all that a storage adapter can get wrong about it. */
const programs: readonly Program[] = [
  program('one key after the other', async (keyv) => [
    await keyv.get('k'),
    await keyv.has('k'),
    await keyv.set('k', { a: 1 }),
    await keyv.set('k', { b: 2 }),
    await keyv.get('k'),
    await keyv.has('k'),
    await keyv.delete('k'),
    await keyv.delete('k'),
    await keyv.get('k'),
    await keyv.set('k', 3),
    await keyv.get('k'),
  ]),
  program('values of every kind', async (keyv) => {
    const keys = numbered(values.length);
    await Promise.all(keys.map((key, i) => keyv.set(key, values[i])));
    return [await readAll(keyv, keys), await keyv.get([...keys]), await entriesOf(keyv)];
  }),
  program('a value that its writer and its readers go on with', async (keyv) => {
    const value = { list: [1] };
    const written = keyv.set('k', value);
    value.list.push(2);
    await written;
    const read = await keyv.get<{ list: number[] }>('k');
    read?.list.push(3);
    return keyv.get('k');
  }),
  program('keys that look alike', async (keyv) => {
    await setAll(keyv, alike);
    const read = await readAll(keyv, alike);
    const listed = await entriesOf(keyv);
    return [read, await keyv.get(alike), listed, await keyv.delete('a'), await readAll(keyv, alike)];
  }),
  program('keys that are no text', async (keyv) => [
    await setAll(keyv, ['\ud800', '\udc00']),
    await keyv.get('\ud800'),
    await keyv.get('\ufffd'),
  ]),
  program('keys and values that are too long', async (keyv) => [
    await setAll(keyv, [`${long}1`, `${long}2`]),
    await keyv.get(`${long}1`),
    await keyv.set('k', 'old'),
    await keyv.set('k', long),
    await keyv.get('k'),
  ]),
  program('many keys', async (keyv) => {
    const keys = numbered(1200);
    await setAll(keyv, keys);
    const found = await keyv.get([...keys]);
    const listed = await entriesOf(keyv);
    await keyv.clear();
    return [found, listed, await entriesOf(keyv), await readAll(keyv, keys)];
  }),
  program('keys that extend each other', async (keyv) => {
    await setAll(keyv, extending);
    const listed = await entriesOf(keyv);
    await keyv.clear();
    return [listed, await entriesOf(keyv)];
  }),
  program('listing while keys are deleted', async (keyv) => {
    const keys = numbered(400);
    await setAll(keyv, keys);
    const seen: unknown[] = [];
    for await (const [key] of keyv.iterator?.(undefined) ?? []) {
      if (seen.length < 50) await keyv.delete(key);
      seen.push(key);
    }
    return seen.sort();
  }),
  program('several at once', async (keyv) => [
    await setAll(keyv, ['a', 'b', 'c']),
    await keyv.get(['c', 'absent', 'a', 'a']),
    await keyv.delete(['a', 'b', 'absent']),
    await keyv.delete(['absent']),
    await keyv.hasMany(['a', 'c']),
  ]),
  program('reads one after the other', async (keyv) => {
    await setAll(keyv, ['a', 'b']);
    const seen = [];
    for (let i = 0; i < 12; i += 1) {
      seen.push(await keyv.get('a'), await keyv.get('b'));
      await keyv.set('a', i);
    }
    return seen;
  }),
  program('two clients', async (keyv, another) => {
    const other = another();
    const seen = [];
    for (let i = 0; i < 3; i += 1) {
      await keyv.set('k', i);
      seen.push(await keyv.get('k'), await other.get('k'), await other.set('k', -i), await keyv.get('k'));
    }
    return [seen, await other.delete('k'), await keyv.get('k'), await entriesOf(keyv)];
  }),
  program('clients at once', async (keyv, another) => {
    const clients = [keyv, another(), another(), another()];
    await keyv.set('k', 1);
    const deleted = await Promise.all(clients.map((client) => client.delete('k')));
    await Promise.all(clients.map((client, i) => client.set(`own-${i}`, i)));
    return [deleted.filter(Boolean).length, await entriesOf(keyv)];
  }),
  program('clients that disconnect', async (keyv, another) => {
    const other = another();
    await other.set('k', 1);
    let settled = 0;
    const writes = numbered(20).map(async (key) => {
      await keyv.set(key, 1);
      settled += 1;
    });
    await keyv.get('k');
    await keyv.disconnect();
    await new Promise((resolve) => setImmediate(resolve));
    const before = settled;
    await Promise.all(writes);
    const again = await keyv.disconnect().then(
      () => 'resolved',
      () => 'rejected',
    );
    return [before, again, await keyv.set('k', 2), await keyv.get('k'), await other.get('k')];
  }),
  program('two namespaces', async (_keyv, another) => {
    const [a, b] = [another(), another()];
    a.namespace = 'a';
    b.namespace = 'b';
    await setAll(a, ['k', 'only-a', 'p*']);
    await setAll(b, ['p', 'k']);
    const read = [await a.get('k'), await b.get('k'), await b.get('only-a')];
    const listed = [await entriesOf(a), await entriesOf(b)];
    await a.clear();
    return [read, listed, await entriesOf(a), await entriesOf(b)];
  }),
  program('a time to live', async (keyv, another) => {
    const look = async (reader: Keyv) => [
      await reader.has('k'),
      await reader.get('k'),
      await reader.get(['k']),
    ];
    await keyv.set('k', 1, 1000);
    pass(998);
    const before = await look(keyv);
    pass(1);
    const last = await look(another());
    pass(1);
    return [before, last, await keyv.has('k'), await entriesOf(keyv), await look(keyv)];
  }),
  program('a time to live that is read half way', async (keyv) => {
    await setAll(keyv, ['permanent']);
    await keyv.set('a', 1, 1000);
    await keyv.set('b', 1, 1000);
    pass(500);
    const read = [await keyv.get('a'), await keyv.get(['b'])];
    pass(501);
    return [read, await keyv.hasMany(['a', 'b']), await entriesOf(keyv)];
  }),
  program('a time to live that another write replaces', async (keyv) => {
    await keyv.set('longer', 1, 1000);
    await keyv.set('permanent', 1, 1000);
    await keyv.set('shorter', 1);
    await keyv.set('refused', 1, 1000);
    await keyv.set('longer', 2, 5000);
    await keyv.set('permanent', 2);
    await keyv.set('shorter', 2, 1000);
    await keyv.set('refused', long, 5000);
    pass(1001);
    return [await keyv.hasMany(['longer', 'permanent', 'shorter', 'refused']), await entriesOf(keyv)];
  }),
  program('a time to live that makes no sense', async (keyv) => [
    await keyv.set('k', 1, -1),
    await keyv.set('l', 1, Number.NaN),
    await keyv.hasMany(['k', 'l']),
  ]),
];
