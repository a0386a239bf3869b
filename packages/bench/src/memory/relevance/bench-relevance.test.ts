import { describe, expect, it } from 'vitest';
import { benchRelevance, wordRankers } from './bench-relevance.ts';
import type { Ranker } from './rank.ts';
import { readCollection, type TestCollection } from './test-collection.ts';

const fables: TestCollection = readCollection('Fables', {
  documents:
    '<doc id="1">the fox praised the crow</doc><doc id="2">a crow dropped the cheese</doc>' +
    '<doc id="3">two mice of town and country</doc>',
  queries: '<query id="1">crows and cheeses</query>',
  judgements: '<res id="1">2</res>',
});

const first: Ranker = {
  name: 'the first',
  rank: async ({ documents, queries }) => queries.map(() => documents.slice(0, 1).map(({ id }) => id)),
};

describe('the benchmark of relevance', () => {
  it('gives everybody the same queries, and finds by stems what is found by no word', async () => {
    const { rows } = await benchRelevance({
      collections: { Fables: async () => fables },
      rankers: { words: wordRankers, first: async () => [first] },
    });
    const of = (subject: string) => rows.find((row) => row.subject === subject)?.value;
    expect(rows[0]?.work).toBe('Fables: 3 documents, 1 judged queries');
    expect(of('@aiwork/memory, BM25, English')).toBe(1);
    expect(of('@aiwork/memory, BM25')).toBe(0);
    expect(of('the first')).toBe(0);
    expect(rows).toHaveLength(8);
  });

  it('says what could not be had, and goes on with the rest', async () => {
    const { rows, targets, skipped } = await benchRelevance({
      collections: {
        Lost: () => Promise.reject(new Error('no such page\nand more')),
        Fables: async () => fables,
      },
      rankers: { nobody: () => Promise.reject(new Error('there is no pip')), first: async () => [first] },
    });
    expect(skipped).toEqual([
      { subject: 'nobody', why: 'there is no pip' },
      { subject: 'Lost', why: 'no such page' },
    ]);
    expect(rows.map(({ value }) => value)).toEqual([0]);
    expect(targets).toEqual([]);
  });
});
