import type { Memory } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { namespacesApart } from '../look-alikes.ts';
import { byText, found, foundIds, idsOf, numbered, withoutScore } from './searching.ts';

export const clients: CheckGroup<Memory> = {
  id: 'clients',
  title: 'Calls at once and several clients',
  checks: [
    {
      id: 'memory.clients.visible-at-once',
      rule: 'Every search that starts after an upsert resolved sees it',
      anchor: 'Memory',
      why: 'an agent that has just learnt something would not know it',
      when: byText,
      async run(t) {
        const memory = await t.open();
        for (const n of numbered(10)) {
          await memory.upsert([{ id: `${n}`, text: 'needle' }]);
          t.same(
            (await found(memory, 'needle')).length,
            n + 1,
            'the number of documents found after an upsert',
          );
        }
      },
    },
    {
      id: 'memory.clients.upserts-at-once',
      rule: 'Of upserts at the same time none is lost, and of those of one id one stays whole',
      anchor: 'Memory.upsert',
      why: 'files are indexed many at once',
      when: byText,
      async run(t) {
        const memories = await t.openSeveral(4);
        const of = (n: number) => memories[n % memories.length] as Memory;
        const shared = (n: number) => ({ id: 'shared', text: `needle ${n}`, metadata: { n } });
        await Promise.all(
          numbered(40).map((n) => of(n).upsert([{ id: `own ${n}`, text: 'needle' }, shared(n)])),
        );
        const hits = (await found(of(0), 'needle')).map(withoutScore);
        t.same(hits.length, 41, 'the number of documents after 40 upserts at once');
        const one = hits.find(({ id }) => id === 'shared');
        t.that(
          numbered(40).some((n) => one?.text === shared(n).text && one.metadata?.['n'] === n),
          'text and metadata of the shared document to be of one upsert',
          one,
        );
      },
    },
    {
      id: 'memory.clients.replaced-in-one-step',
      rule: 'A search that runs while documents are replaced sees of each the old one or the new one',
      anchor: 'Memory',
      why: 'a document that is corrected must not be gone, or half of it the old one, for a moment',
      when: byText,
      async run(t) {
        const [writer, reader] = (await t.openSeveral(2)) as [Memory, Memory];
        const batch = (n: number) =>
          numbered(60).map((i) => ({ id: `${i}`, text: `needle ${n}`, metadata: { n } }));
        await writer.upsert(batch(0));
        for (const n of numbered(8)) {
          let writing = true;
          const written = writer.upsert(batch(n + 1)).finally(() => {
            writing = false;
          });
          const look = async () => {
            do {
              const hits = await found(reader, 'needle');
              t.same(hits.length, 60, 'the number of documents found while they are replaced');
              const torn = hits.find(({ text, metadata }) => text !== `needle ${metadata?.['n']}`);
              t.same(torn, undefined, 'a document of which text and metadata are of two upserts');
              await new Promise((resolve) => setImmediate(resolve));
            } while (writing);
          };
          await Promise.all([written, look()]);
        }
      },
    },
    {
      id: 'memory.clients.shared',
      rule: 'Clients of one namespace see the same documents',
      anchor: 'Memory',
      why: 'a memory that each process has for itself forgets at every deployment',
      needs: ['second-client'],
      when: byText,
      async run(t) {
        const [first, second] = (await t.openSeveral(2)) as [Memory, Memory];
        await first.upsert([
          { id: 'a', text: 'needle' },
          { id: 'b', text: 'needle' },
        ]);
        t.same(await foundIds(second, 'needle'), ['a', 'b'], 'what the second client finds');
        t.same(await second.delete(['a']), 1, 'what delete() of the second client gives');
        t.same(await foundIds(first, 'needle'), ['b'], 'what the first client finds after that');
        await second.upsert([{ id: 'b', text: 'walnut' }]);
        t.same(
          await foundIds(first, 'needle'),
          [],
          'what the first client finds after the second replaced it',
        );
        await first.close();
        t.same(await second.count(), 1, 'the count after the first client was closed');
      },
    },
    {
      id: 'memory.clients.namespaces-apart',
      rule: 'A namespace shows nothing of another one',
      anchor: 'Memory',
      why: 'tenants would read each other',
      when: byText,
      async run(t) {
        const mine = await t.open({ namespace: 'a' });
        const other = await t.open({ namespace: 'ab' });
        await mine.upsert([{ id: 'doc', text: 'needle mine' }]);
        await other.upsert([
          { id: 'doc', text: 'needle other' },
          { id: 'more', text: 'needle' },
        ]);
        t.same(idsOf(await found(mine, 'needle')), ['doc'], 'what is found in the first namespace');
        t.same((await found(mine, 'needle'))[0]?.text, 'needle mine', 'the text in the first namespace');
        t.same(await other.delete(['doc', 'more']), 2, 'what delete() in the second namespace gives');
        t.same(await mine.count(), 1, 'the count in the first namespace');
      },
    },
    namespacesApart<Memory>({
      id: 'memory.clients.look-alikes',
      anchor: 'Memory',
      when: byText,
      write: (memory, name) => memory.upsert([{ id: name, text: 'needle' }]),
      seen: (memory) => foundIds(memory, 'needle'),
    }),
  ],
};
