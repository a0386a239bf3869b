import { describe, expect, it } from 'vitest';
import { createLexicalIndex } from './lexical-index.ts';
import type { RankingOptions } from './ranking.ts';

/** Scores are rounded up to a grid of 2⁻³² for each term. */
const digits = 8;

function scoresOf(ranking: RankingOptions, texts: readonly string[], query: string): number[] {
  const index = createLexicalIndex({ ranking });
  index.upsert(texts.map((text, i) => ({ id: `${i}`, text })));
  const hits = new Map(index.search({ text: query, topK: 100 }).map(({ id, score }) => [id, score]));
  return texts.map((_, i) => hits.get(`${i}`) ?? 0);
}

describe('BM25', () => {
  const texts = ['red red green', 'red blue', 'blue blue blue blue'];

  it('is what the formula gives', () => {
    const idf = Math.log(1 + (3 - 2 + 0.5) / (2 + 0.5));
    const score = (frequency: number, length: number): number =>
      (idf * frequency) / (frequency + 1.2 * (1 - 0.75 + (0.75 * length) / 3));
    const scores = scoresOf({ kind: 'bm25' }, texts, 'red');
    expect(scores[0]).toBeCloseTo(score(2, 3), digits);
    expect(scores[1]).toBeCloseTo(score(1, 2), digits);
    expect(scores[2]).toBe(0);
  });

  it('takes k1 and b', () => {
    const idf = Math.log(1 + (3 - 2 + 0.5) / (2 + 0.5));
    expect(scoresOf({ kind: 'bm25', k1: 2, b: 0 }, texts, 'red')[0]).toBeCloseTo((idf * 2) / (2 + 2), digits);
  });

  it('counts a term once for each time it stands in the query', () => {
    const [once] = scoresOf({ kind: 'bm25' }, texts, 'red');
    const [twice] = scoresOf({ kind: 'bm25' }, texts, 'red red');
    expect(twice).toBeCloseTo(2 * (once as number), digits);
  });

  it('gives a term that every document has a score above 0', () => {
    expect(scoresOf({ kind: 'bm25' }, ['a', 'a'], 'a').every((score) => score > 0)).toBe(true);
  });

  it('counts frequencies that do not fit a byte', () => {
    const [few, many] = scoresOf({ kind: 'bm25', b: 0 }, ['a '.repeat(254), 'a '.repeat(70_000)], 'a');
    const idf = Math.log(1 + 0.5 / 2.5);
    expect(few).toBeCloseTo((idf * 254) / 255.2, digits);
    expect(many).toBeCloseTo((idf * 70_000) / 70_001.2, digits);
  });

  it.each([{ k1: -1 }, { k1: Number.NaN }, { b: 1.01 }, { b: -0.1 }, { b: Number.NaN }])(
    'refuses %o',
    (options) => {
      expect(() => createLexicalIndex({ ranking: { kind: 'bm25', ...options } })).toThrow(
        expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT' }),
      );
    },
  );
});

describe('TF-IDF', () => {
  const texts = ['red red green', 'red blue', 'blue blue blue blue'];

  it('is the cosine that the formula gives', () => {
    const idf = (documents: number): number => Math.log(1 + 3 / documents);
    const red = 1 + Math.log(2);
    const dot = red * idf(2) + 1 * idf(1);
    const cosine = dot / Math.hypot(red, 1) / Math.hypot(idf(2), idf(1));
    expect(scoresOf({ kind: 'tfidf' }, texts, 'red green')[0]).toBeCloseTo(cosine, digits);
  });

  it('is 1 for a document that has just the words of the query', () => {
    expect(scoresOf({ kind: 'tfidf' }, ['one', 'two', 'three'], 'two')[1]).toBeCloseTo(1, digits);
  });

  it('leaves words that no document has out of the query', () => {
    const scores = scoresOf({ kind: 'tfidf' }, texts, 'red green');
    expect(scoresOf({ kind: 'tfidf' }, texts, 'red green unheard')).toEqual(scores);
  });
});

describe('ranking', () => {
  it('refuses an unknown kind', () => {
    // @ts-expect-error not a ranking
    expect(() => createLexicalIndex({ ranking: { kind: 'pagerank' } })).toThrow(
      expect.objectContaining({
        code: 'AIWORK_INVALID_ARGUMENT',
        message: expect.stringContaining('"pagerank"'),
      }),
    );
  });
});
