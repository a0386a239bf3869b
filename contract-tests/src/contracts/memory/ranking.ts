import type { Memory } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { byText, found, idsOf, maxTopK, numbered } from './searching.ts';

/** Documents that a search for `tea` finds with scores that most rankings tell apart. */
const teas = numbered(12).map((n) => ({
  id: `doc ${n}`,
  text: `${'tea '.repeat((n * 5) % 12 || 1)}${'milk '.repeat(n % 4)}`,
}));

/** By code units, which is neither by code points nor as a dictionary has it. */
const tied = ['10', '9', 'B', 'a', 'Z', 'b', 'é', 'z', '\u{1f600}', '\uff5e', '_', 'a b', 'aB', '-'];

export const ranking: CheckGroup<Memory> = {
  id: 'ranking',
  title: 'Order and number of hits',
  checks: [
    {
      id: 'memory.ranking.best-first',
      rule: 'Hits come best first, with finite scores',
      anchor: 'Memory',
      why: 'callers read the first hits only',
      when: byText,
      async run(t) {
        const memory = await t.open();
        await memory.upsert(teas);
        const scores = (await found(memory, 'tea')).map(({ score }) => score);
        t.same(scores.length, teas.length, 'the number of documents found');
        t.that(scores.every(Number.isFinite), 'scores to be finite numbers', scores);
        t.that(
          scores.every((score, n) => n === 0 || score <= (scores[n - 1] as number)),
          'scores that never rise from one hit to the next',
          scores,
        );
      },
    },
    {
      id: 'memory.ranking.fits-better',
      rule: 'A document that holds all words of a query comes before one that holds none',
      anchor: 'Memory',
      why: 'this is what a memory is for',
      when: byText,
      async run(t) {
        const memory = await t.open();
        const filler = numbered(20).map((n) => ({ id: `filler ${n}`, text: 'copper iron nickel silver' }));
        await memory.upsert([...filler, { id: 'zz', text: 'green walnut kernel' }]);
        const [best] = await memory.search({ text: 'green walnut', topK: 3 });
        t.same(best?.id, 'zz', 'the best hit');
      },
    },
    {
      id: 'memory.ranking.ties-by-id',
      rule: 'Equal scores are ordered by id, in code units',
      anchor: 'Memory',
      why: 'a run that is replayed would show other documents to its model',
      when: byText,
      async run(t) {
        const memory = await t.open();
        const doc = (id: string) => ({ id, text: 'needle' });
        await memory.upsert(tied.map(doc));
        await memory.upsert([doc('10'), doc('a')]);
        const expected = [...tied].sort();
        t.same(idsOf(await found(memory, 'needle')), expected, 'the ids of equal documents');
        t.same(
          idsOf(await memory.search({ text: 'needle', topK: 5 })),
          expected.slice(0, 5),
          'the ids of the first five of equal documents',
        );
      },
    },
    {
      id: 'memory.ranking.top-k-is-a-prefix',
      rule: 'A search for fewer hits gives the first of those that a search for more gives',
      anchor: 'MemoryQuery.topK',
      why: 'the best hit must not depend on how many were asked for',
      when: byText,
      async run(t) {
        const memory = await t.open();
        await memory.upsert(teas);
        const all = idsOf(await found(memory, 'tea'));
        for (const topK of [1, 2, 5, 11, 12, 13]) {
          t.same(
            idsOf(await memory.search({ text: 'tea', topK })),
            all.slice(0, topK),
            `the hits of a search with topK ${topK}`,
          );
        }
      },
    },
    {
      id: 'memory.ranking.top-k-limits',
      rule: '`topK` works from 1 to 1000, and anything else is refused',
      anchor: 'MemoryQuery.topK',
      why: 'a list that is cut off without a word reads as everything there is',
      when: byText,
      async run(t) {
        const memory = await t.open();
        await memory.upsert(numbered(maxTopK + 3).map((n) => ({ id: `${n}`, text: 'needle' })));
        const search = (topK: number) => memory.search({ text: 'needle', topK });
        t.same((await search(1)).length, 1, 'the number of hits with topK 1');
        t.same((await search(maxTopK)).length, maxTopK, `the number of hits with topK ${maxTopK}`);
        for (const topK of [maxTopK + 1, 0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
          await t.refuses(() => search(topK), `search() with topK ${topK}`, {
            code: ['AIWORK_INVALID_ARGUMENT', 'AIWORK_LIMIT_EXCEEDED'],
            notApplied: false,
          });
        }
      },
    },
    {
      id: 'memory.ranking.min-score',
      rule: 'Hits below `minScore` are left out, and one of exactly that score is not',
      anchor: 'MemoryQuery.minScore',
      why: 'what does not fit is shown to a model, or what fits is kept from it',
      when: byText,
      async run(t) {
        const memory = await t.open();
        await memory.upsert(teas);
        const all = await found(memory, 'tea');
        for (const { score: minScore } of all) {
          t.same(
            idsOf(await memory.search({ text: 'tea', topK: maxTopK, minScore })),
            idsOf(all.filter(({ score }) => score >= minScore)),
            `the hits with minScore ${minScore}`,
          );
        }
        const minScore = (all[0]?.score ?? 0) + 1;
        t.same(
          await memory.search({ text: 'tea', topK: maxTopK, minScore }),
          [],
          'the hits with a minScore above the best score',
        );
      },
    },
  ],
};
