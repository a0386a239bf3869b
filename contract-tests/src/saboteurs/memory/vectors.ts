import type { Memory } from '@aiwork/core';
import type { Saboteur } from '../saboteur.ts';
import { withVectors } from './reference-vectors.ts';

const refused = 'memory.vectors.refuses-what-is-none';

const isFloats = (vector: unknown): vector is Float32Array => vector instanceof Float32Array;

export const vectorSaboteurs: readonly Saboteur<Memory>[] = [
  {
    id: 'vector-length-not-declared',
    breaks: 'Takes vectors without saying how long they are',
    caughtBy: [{ check: 'memory.vectors.dimensions', message: 'dimensions to be a whole number above 0' }],
    sabotage: withVectors({ dimensions: undefined }),
  },
  {
    id: 'farthest-first',
    breaks: 'Takes the distance for the score',
    caughtBy: [{ check: 'memory.vectors.nearest-first', message: 'what is near 0°' }],
    sabotage: withVectors({ after: (hit, other) => hit.score > other.score }),
  },
  {
    id: 'one-number-only',
    breaks: 'Compares the first number of vectors alone',
    caughtBy: [{ check: 'memory.vectors.finds-the-nearest', message: 'at least 0.95 of the nearest ten' }],
    sabotage: withVectors({ score: (a, b) => (a[0] as number) * (b[0] as number) }),
  },
  {
    id: 'looks-at-the-first-hundred',
    breaks: 'Looks at no more than a hundred vectors',
    caughtBy: [{ check: 'memory.vectors.finds-the-nearest', message: 'at least 0.95 of the nearest ten' }],
    sabotage: withVectors({ looksAt: (docs) => docs.slice(0, 100) }),
  },
  {
    id: 'vector-outlives-its-document',
    breaks: 'Leaves the vector of a deleted document where it is',
    caughtBy: [{ check: 'memory.vectors.follow-their-document', message: 'what is near 0°' }],
    sabotage: withVectors({ forgetsOn: { upsert: true, delete: false } }),
  },
  {
    id: 'vector-outlives-its-text',
    breaks: 'Keeps the vector of a document that was replaced by one without',
    caughtBy: [{ check: 'memory.vectors.follow-their-document', message: 'what is near 0°' }],
    sabotage: withVectors({ forgetsOn: { upsert: false, delete: true } }),
  },
  {
    id: 'any-length',
    breaks: 'Takes vectors of any length',
    caughtBy: [{ check: refused, message: 'search() by a vector: one number less to be refused' }],
    sabotage: withVectors({ isVector: (vector) => isFloats(vector) && vector.every(Number.isFinite) }),
  },
  {
    id: 'longer-vectors-cut-off',
    breaks: 'Takes longer vectors and leaves out their end',
    caughtBy: [{ check: refused, message: 'search() by a vector: one number more to be refused' }],
    sabotage: withVectors({
      isVector: (vector) => isFloats(vector) && vector.length >= 3 && vector.every(Number.isFinite),
    }),
  },
  {
    id: 'takes-nan',
    breaks: 'Takes vectors with numbers that are none',
    caughtBy: [{ check: refused, message: 'search() by a vector: NaN to be refused' }],
    sabotage: withVectors({ isVector: (vector) => isFloats(vector) && vector.length === 3 }),
  },
  {
    id: 'takes-plain-arrays',
    breaks: 'Takes any list of numbers for a vector',
    caughtBy: [{ check: refused, message: 'search() by a vector: plain numbers to be refused' }],
    sabotage: withVectors({
      isVector: (vector) => {
        const numbers = vector as ArrayLike<number>;
        return numbers.length === 3 && Array.from(numbers).every(Number.isFinite);
      },
    }),
  },
  {
    id: 'keeps-the-callers-array',
    breaks: 'Keeps the array it was given',
    caughtBy: [{ check: 'memory.vectors.not-shared', message: 'after its array was changed' }],
    sabotage: withVectors({ kept: (vector) => vector }),
  },
  {
    id: 'normalises-in-place',
    breaks: 'Brings the vector of a query to length 1 where it is',
    caughtBy: [{ check: 'memory.vectors.not-shared', message: 'the vector of a query after the search' }],
    sabotage: withVectors({
      unit: (vector) => {
        const length = Math.hypot(...vector);
        for (const [i, value] of vector.entries()) vector[i] = value / length;
        return vector;
      },
    }),
  },
  {
    id: 'filters-what-was-found',
    breaks: 'Applies the filter to the nearest, not to all',
    caughtBy: [{ check: 'memory.vectors.filtered', message: 'the nearest of those that fit' }],
    sabotage: withVectors({ filterFirst: false }),
  },
  {
    id: 'equally-near-as-they-came',
    breaks: 'Orders equally near ones as they were stored',
    caughtBy: [{ check: 'memory.vectors.ties-by-id', message: 'hits' }],
    sabotage: withVectors({ after: (hit, other) => hit.score < other.score }),
  },
  {
    id: 'min-score-of-vectors-exclusive',
    breaks: 'Leaves out hits of exactly the least score',
    caughtBy: [{ check: 'memory.vectors.min-score', message: 'the hits with minScore' }],
    sabotage: withVectors({ belongs: (score, minScore) => score > minScore }),
  },
];
