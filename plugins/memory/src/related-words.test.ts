import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDocumentIndex } from './document-index.ts';
import { createExhaustiveIndex } from './exhaustive-search.fixture.ts';
import { createMemory } from './local-memory.ts';
import { createRanking } from './ranking.ts';
import { relatedFactor } from './related-words.fixture.ts';
import { createRelatedWords, type Tolerance } from './related-words.ts';
import { createTokenizer } from './tokenizer.ts';
import { createVocabulary } from './vocabulary.ts';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é'), minLength: 1, maxLength: 7 });

describe('related words', () => {
  it('are those that comparing with every word gives', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { maxLength: 25 }),
        fc.uniqueArray(word, { maxLength: 25 }),
        word,
        fc.subarray<Tolerance>(['prefix', 'typos']),
        (before, after, wanted, tolerance) => {
          const vocabulary = createVocabulary();
          const related = createRelatedWords(vocabulary);
          for (const each of before) vocabulary.intern(each);
          related.related(new Set([wanted]), tolerance);
          for (const each of after) vocabulary.intern(each);
          const found = Object.fromEntries(
            related
              .related(new Set([wanted]), tolerance)
              .map(({ term, factor }) => [vocabulary.word(term), factor]),
          );
          const expected = [...new Set([...before, ...after])]
            .filter((each) => each !== wanted)
            .map((each) => [each, relatedFactor(wanted, each, tolerance)] as const)
            .filter(([, factor]) => factor > 0);
          expect(found).toEqual(Object.fromEntries(expected));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('are the 64 nearest of very many', () => {
    const vocabulary = createVocabulary();
    for (let n = 0; n < 500; n += 1) vocabulary.intern(`tea${'x'.repeat(1 + (n % 5))}${n}`);
    const found = createRelatedWords(vocabulary).related(new Set(['tea']), ['prefix']);
    expect(found).toHaveLength(64);
    expect(vocabulary.word(found[0]?.term as number)).toBe('teax0');
  });
});

describe('a search with tolerance', () => {
  it('gives the hits, scores and order of scoring every document', () => {
    const { tokenize } = createTokenizer();
    const text = fc.array(word, { maxLength: 8 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(
        fc.constantFrom('bm25' as const, 'tfidf' as const),
        fc.array(text, { maxLength: 30 }),
        text,
        fc.subarray<Tolerance>(['prefix', 'typos']),
        (kind, texts, wanted, tolerance) => {
          const ranking = createRanking({ kind });
          const index = createDocumentIndex(ranking);
          const oracle = createExhaustiveIndex(ranking, createTokenizer());
          for (const [n, each] of texts.entries()) {
            index.put({ doc: { id: `${n}`, text: each }, tokens: tokenize(each) });
            oracle.upsert({ id: `${n}`, text: each });
          }
          const query = { tolerance, topK: 5, minScore: 0 };
          expect(index.search({ ...query, tokens: tokenize(wanted) })).toEqual(
            oracle.search({ ...query, text: wanted }),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  const docs = [
    { id: 'exact', text: 'a kettle of tea' },
    { id: 'longer', text: 'kettles' },
    { id: 'misspelt', text: 'ketle' },
    { id: 'other', text: 'a teapot' },
  ];
  const ids = (hits: readonly { readonly id: string }[]) => hits.map(({ id }) => id);

  it('finds what begins as a word, or is misspelt, after what is as it was asked for', async () => {
    await using memory = createMemory();
    await memory.upsert(docs);
    const found = async (tolerance: readonly Tolerance[]) =>
      ids(await memory.search({ text: 'kettle', topK: 9, tolerance }));
    expect(await found([])).toEqual(['exact']);
    expect((await found(['prefix'])).sort()).toEqual(['exact', 'longer']);
    expect((await found(['typos'])).sort()).toEqual(['exact', 'longer', 'misspelt']);
  });

  it('no longer finds words that are gone', async () => {
    await using memory = createMemory();
    await memory.upsert(docs);
    await memory.delete(['longer']);
    const hits = await memory.search({ text: 'kettle', topK: 9, tolerance: ['prefix'] });
    expect(ids(hits)).toEqual(['exact']);
  });

  it.each([['fuzzy'], 'prefix', [undefined]])('takes no other kind: %j', async (tolerance) => {
    await using memory = createMemory();
    await expect(
      memory.search({ text: 'tea', topK: 1, tolerance: tolerance as readonly Tolerance[] }),
    ).rejects.toMatchObject({ message: "query.tolerance is not one: use a list of 'prefix' and 'typos'" });
  });
});

describe('a phrase', () => {
  it('is found where its words follow each other, however they are written', async () => {
    await using memory = createMemory({ vectors: { dimensions: 1 } });
    const vector = Float32Array.of(1);
    await memory.upsert([
      { id: 'phrase', text: 'Under the BLUE, pot', vector },
      { id: 'apart', text: 'the blue kettle and the pot', vector },
      { id: 'turned', text: 'the pot is blue', vector },
    ]);
    const phrase = 'blue pot';
    for (const query of [{ text: 'blue pot' }, { text: 'the' }, { vector }])
      expect((await memory.search({ ...query, phrase, topK: 9 })).map(({ id }) => id)).toEqual(['phrase']);
    expect(await memory.search({ text: 'the', phrase: '', topK: 9 })).toHaveLength(3);
  });
});
