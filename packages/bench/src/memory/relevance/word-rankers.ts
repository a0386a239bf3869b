import { createMemory, createTokenizer, type RankingOptions, type Tokenizer } from '@aiwork/memory';
import { create, insertMultiple, search } from '@orama/orama';
import { stemmer } from '@orama/stemmers/english';
import MiniSearch from 'minisearch';
import type { Ranker } from './rank.ts';

/** Those that Lucene leaves out of English texts. */
const stopWords =
  'a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with'.split(
    ' ',
  );

/** What "e.g.", "it's" and formulas leave; bm25s leaves out every word of one character, too. */
const characters = 'abcdefghijklmnopqrstuvwxyz0123456789'.split('');

/** For English: without stop words, the forms of a word as one, after Porter's second algorithm (2001). */
export const english: Tokenizer = createTokenizer({
  stopWords: [...stopWords, ...characters],
  stemmer: { id: 'snowball-english', stem: stemmer },
});

const ours =
  (kind: RankingOptions['kind'], tokenizer?: Tokenizer): Ranker['rank'] =>
  async ({ documents, queries }, topK) => {
    await using memory = createMemory({ ranking: { kind }, ...(tokenizer && { tokenizer }) });
    await memory.upsert(documents);
    const found = await Promise.all(queries.map(({ text }) => memory.search({ text, topK })));
    return found.map((hits) => hits.map(({ id }) => id));
  };

const orama =
  (tokenizer: object): Ranker['rank'] =>
  async ({ documents, queries }, topK) => {
    const db = create({ schema: { text: 'string' } as const, components: { tokenizer } });
    await insertMultiple(db, [...documents]);
    const found = await Promise.all(queries.map(({ text }) => search(db, { term: text, limit: topK })));
    return found.map(({ hits }) => hits.map(({ id }) => id));
  };

const miniSearch: Ranker['rank'] = async ({ documents, queries }, topK) => {
  const index = new MiniSearch({ fields: ['text'] });
  index.addAll(documents);
  return queries.map(({ text }) =>
    index
      .search(text)
      .slice(0, topK)
      .map(({ id }) => id as string),
  );
};

/** Words as they are, each library's own way of cutting a text. */
export const plainRankers: readonly Ranker[] = [
  { name: '@aiwork/memory, BM25', rank: ours('bm25') },
  { name: '@aiwork/memory, TF-IDF', rank: ours('tfidf') },
  { name: 'MiniSearch', rank: miniSearch },
  { name: 'Orama', rank: orama({ language: 'english' }) },
];

/** With the same stop words, and stemmers for English. */
export const englishRankers: readonly Ranker[] = [
  { name: '@aiwork/memory, BM25, English', rank: ours('bm25', english) },
  { name: '@aiwork/memory, TF-IDF, English', rank: ours('tfidf', english) },
  {
    name: 'Orama, English',
    rank: orama({ language: 'english', stemming: true, stemmer, stopWords }),
  },
];
