import type { MemoryDoc } from '@aiwork/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createExhaustiveIndex } from './exhaustive-search.fixture.ts';
import { createLexicalIndex, loadLexicalIndex } from './lexical-index.ts';
import { createRanking, type RankingOptions } from './ranking.ts';
import { createTokenizer } from './tokenizer.ts';

const tokenizer = createTokenizer();

/** Few words, so that they meet often; some rare ones, so that pruning has something to prune. */
const word = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c') },
  { weight: 3, arbitrary: fc.constantFrom('d', 'e', 'f', 'g', 'h') },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 60 }).map((n) => `w${n}`) },
);
const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '));
const id = fc.oneof(
  fc.integer({ min: 0, max: 40 }).map((n) => `doc-${n}`),
  fc.constantFrom('__proto__', 'constructor', 'é', '😀', '\u0000', 'doc-1x', 'doc'),
);
const doc = fc.record({ id, text, metadata: fc.record({ n: fc.integer({ min: 0, max: 3 }) }) });
const query = fc.record({
  text: fc.array(word, { maxLength: 6 }).map((words) => words.join(' ')),
  topK: fc.integer({ min: 1, max: 12 }),
  minScore: fc.constantFrom(0, 0, 0.3, 1.5),
  wanted: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
});
const command = fc.oneof(
  fc.record({ upsert: fc.array(doc, { maxLength: 12 }) }),
  fc.record({ delete: fc.array(id, { maxLength: 6 }) }),
  fc.record({ search: query }),
  fc.record({ reload: fc.constant(true) }),
);
const ranking: fc.Arbitrary<RankingOptions> = fc.oneof(
  fc.constant<RankingOptions>({ kind: 'bm25' }),
  fc.record({
    kind: fc.constant('bm25' as const),
    k1: fc.double({ min: 0, max: 3, noNaN: true }),
    b: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.constant<RankingOptions>({ kind: 'tfidf' }),
);

type Query = typeof query extends fc.Arbitrary<infer T> ? T : never;

function filterOf(wanted: number | undefined) {
  return wanted === undefined ? {} : { filter: { n: wanted } };
}

function acceptsOf(wanted: number | undefined) {
  return (found: MemoryDoc): boolean => wanted === undefined || found.metadata?.['n'] === wanted;
}

describe('pruned search', () => {
  it('gives the hits, scores and order of exhaustive scoring after any upserts, deletes and snapshots', {
    timeout: 60_000,
  }, () => {
    fc.assert(
      fc.property(ranking, fc.array(command, { maxLength: 40 }), (options, commands) => {
        let index = createLexicalIndex({ ranking: options });
        const oracle = createExhaustiveIndex(createRanking(options), tokenizer);
        const compare = ({ wanted, ...asked }: Query): void => {
          const expected = oracle.search({ ...asked, accepts: acceptsOf(wanted) });
          expect(index.search({ ...asked, ...filterOf(wanted) })).toEqual(expected);
        };
        for (const step of commands) {
          if ('upsert' in step) {
            index.upsert(step.upsert);
            for (const added of step.upsert) oracle.upsert(added);
          } else if ('delete' in step) {
            const gone = new Set(step.delete.filter((known) => oracle.delete(known)));
            expect(index.delete(step.delete)).toBe(gone.size);
          } else if ('search' in step) compare(step.search);
          else index = loadLexicalIndex(index.toSnapshot());
        }
        expect(index.size).toBe(oracle.docs.size);
        compare({ text: 'a b w1 d', topK: 10, minScore: 0, wanted: undefined });
      }),
      { numRuns: 400 },
    );
  });

  it('survives a snapshot with every score', () => {
    fc.assert(
      fc.property(ranking, fc.array(doc, { maxLength: 40 }), fc.array(query), (options, docs, queries) => {
        const index = createLexicalIndex({ ranking: options });
        index.upsert(docs);
        const loaded = loadLexicalIndex(index.toSnapshot());
        for (const { wanted, ...asked } of queries) {
          const whole = { ...asked, ...filterOf(wanted) };
          expect(loaded.search(whole)).toEqual(index.search(whole));
        }
      }),
      { numRuns: 100 },
    );
  });
});

/** Deterministic numbers from 0 to 1 (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe.each([
  { name: 'Zipf', draw: (random: number, words: number) => Math.floor(words ** random) - 1 },
  { name: 'uniform', draw: (random: number, words: number) => Math.floor(random * words) },
])('search among thousands of documents with $name words', ({ draw }) => {
  const random = randomFrom(42);
  const sentence = (length: number): string =>
    Array.from({ length }, () => `w${draw(random(), 800)}`).join(' ');

  it.each(['bm25', 'tfidf'] as const)(
    'is exact for %s before and after compaction',
    (kind) => {
      const index = createLexicalIndex({ ranking: { kind } });
      const oracle = createExhaustiveIndex(createRanking({ kind }), tokenizer);
      // More than one window of the search, of equal and of different lengths.
      const docs = Array.from({ length: 9000 }, (_, i) => {
        return { id: `d${i}`, text: sentence(i % 2 === 0 ? 12 : 1 + (i % 30)) };
      });
      index.upsert(docs);
      for (const added of docs) oracle.upsert(added);
      const compare = (): void => {
        for (let i = 0; i < 5; i++) {
          const asked = { text: sentence(4), topK: 10 };
          expect(index.search(asked)).toEqual(oracle.search(asked));
        }
      };
      compare();
      const gone = docs.filter((_, i) => i % 5 < 2).map((old) => old.id);
      index.delete(gone);
      for (const old of gone) oracle.delete(old);
      compare();
    },
    30_000,
  );
});
