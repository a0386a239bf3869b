import type { Cache } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { put, read, withTtl } from './entries.ts';

export const clients: CheckGroup<Cache> = {
  id: 'clients',
  title: 'Several clients',
  checks: [
    {
      id: 'cache.clients.see-each-other',
      rule: 'What one client set or deleted, every client sees',
      anchor: 'Cache',
      why: 'a tier in the memory of each process gives what another has long replaced or taken back',
      needs: ['second-client'],
      async run(t) {
        const [a, b] = [await t.open(), await t.open()];
        for (let round = 1; round <= 10; round += 1) {
          await put(round % 2 ? a : b, 'key', `${round}`);
          for (const reader of [a, b]) {
            t.same(await read(reader, 'key'), `${round}`, `the value a client reads after write ${round}`);
          }
        }
        t.same(await a.delete('key'), true, 'delete() of what another client set');
        t.same(await read(b, 'key'), undefined, 'what another client reads after delete()');
        t.same(await b.delete('key'), false, 'delete() by another client after that');
      },
    },
    {
      id: 'cache.clients.expire-alike',
      rule: 'An entry whose time to live is over is given by no client, also by one that read it before',
      anchor: 'Cache.set',
      why: 'a client that keeps what it read, without how long it may, gives it for ever',
      needs: ['second-client'],
      when: withTtl,
      async run(t) {
        const [a, b] = [await t.open(), await t.open()];
        const ttlMs = 250;
        await put(a, 'key', 'value', { ttlMs });
        await b.get('key');
        await t.wait(t.manualTime ? ttlMs : ttlMs + 5);
        for (const [name, client] of Object.entries({ 'its writer': a, 'one that read it': b })) {
          t.same(await read(client, 'key'), undefined, `what ${name} is given after the time to live`);
        }
      },
    },
    {
      id: 'cache.clients.close-alone',
      rule: 'Closing one client leaves the others, and what it set, as they are',
      anchor: 'Adapter',
      why: 'a worker that shuts down must not take the others with it',
      needs: ['second-client'],
      async run(t) {
        const [a, b] = [await t.open(), await t.open()];
        await put(a, 'key', 'of a');
        await a.close();
        t.same(await read(b, 'key'), 'of a', 'the value after its writer was closed');
        await put(b, 'key', 'of b');
        t.same(await read(await t.open(), 'key'), 'of b', 'the value a new client reads');
      },
    },
    {
      id: 'cache.clients.kept-by-the-next',
      rule: 'The entry set last is there for whoever opens the cache after all have closed it',
      anchor: 'CacheCapabilities.durability',
      why: 'a cache that is declared to outlive a process, and is empty after each start, warms nothing',
      needs: ['second-client'],
      when: ({ durability }) =>
        durability !== 'process' || 'the cache declares that nothing outlives the process',
      async run(t) {
        const first = await t.open();
        await put(first, 'key', 'value');
        await first.close();
        t.same(await read(await t.open(), 'key'), 'value', 'the value after all clients were closed');
      },
    },
  ],
};
