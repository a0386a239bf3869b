import type { StateStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { collect } from '../collect.ts';
import { linearizable, withCompareAndSet } from './conditions.ts';
import { put, readValue } from './writing.ts';

export const clients: CheckGroup<StateStore> = {
  id: 'clients',
  title: 'Several clients',
  checks: [
    {
      id: 'state-store.clients.see-each-other',
      rule: 'What one client wrote, every client reads',
      anchor: 'StateStoreCapabilities.consistency',
      why: 'a cache in a client serves what is long replaced',
      needs: ['second-client'],
      when: linearizable,
      async run(t) {
        const [a, b] = [await t.open(), await t.open()];
        for (let round = 1; round <= 10; round += 1) {
          await put(round % 2 ? a : b, 'key', round);
          for (const reader of [a, b]) {
            t.same(await readValue(reader, 'key'), round, `the value a client reads after write ${round}`);
            const many = await reader.getMany(['key']);
            t.same(many.get('key')?.value, round, `its value in getMany() after write ${round}`);
          }
        }
        await a.delete('key');
        t.same(await b.get('key'), undefined, 'what another client reads after delete()');
        if (t.capabilities.list)
          t.same(await collect(b.keys()), [], 'what another client lists after delete()');
      },
    },
    {
      id: 'state-store.clients.versions-are-shared',
      rule: 'A version is good in every client, and no two writes of different clients have the same',
      anchor: 'StateEntry.version',
      why: 'versions counted by each client collide, and one overwrites what the other wrote',
      needs: ['second-client'],
      when: withCompareAndSet,
      async run(t) {
        const [a, b] = [await t.open(), await t.open()];
        const seen = [await put(a, 'key', 1)];
        for (let round = 0; round < 6; round += 1) {
          const writer = round % 2 ? a : b;
          const last = seen.at(-1) as string;
          const result = await writer.set('key', round, { ifVersion: last });
          t.that(result.applied, 'a write with the version of another client to be applied', result);
          if (result.applied) seen.push(result.version);
        }
        t.same(new Set(seen).size, seen.length, `the number of different versions of ${seen.length} writes`);
        const fresh = [await put(await t.open(), 'x', 1), await put(await t.open(), 'x', 2)];
        t.that(
          fresh[0] !== fresh[1],
          'the first writes of two new clients to have different versions',
          fresh,
        );
      },
    },
    {
      id: 'state-store.clients.close-alone',
      rule: 'Closing one client leaves the others, and what it wrote, as they are',
      anchor: 'Adapter',
      why: 'a worker that shuts down must not take the others with it',
      needs: ['second-client'],
      async run(t) {
        const [a, b] = [await t.open(), await t.open()];
        await put(a, 'key', 1);
        await a.close();
        t.same(await readValue(b, 'key'), 1, 'the value after its writer was closed');
        await put(b, 'key', 2);
        t.same(await readValue(await t.open(), 'key'), 2, 'the value a new client reads');
      },
    },
  ],
};
