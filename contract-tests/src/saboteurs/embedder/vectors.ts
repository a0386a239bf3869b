import type { Embedder } from '@aiwork/core';
import { inClients, type Saboteur, yieldTurns } from '../saboteur.ts';
import { madeOf } from './reference.ts';
import { correctParts, sumOf } from './reference-embedder.ts';

const { capabilities, vector } = correctParts;
const declaring = (changes: Partial<Embedder['capabilities']>) =>
  Object.freeze({ ...capabilities, ...changes });

export const vectorSaboteurs: readonly Saboteur<Embedder>[] = [
  {
    id: 'longest-first',
    breaks: 'Sorts texts by length for its batches, and gives the vectors in that order',
    caughtBy: [
      { check: 'embedder.vectors.batch-as-single', message: 'alone and not to differ by 0.000001 at most' },
    ],
    sabotage: madeOf({
      vectors: (texts, options) =>
        texts.toSorted((a, b) => b.length - a.length).map((tokens) => vector(tokens, options)),
    }),
  },
  {
    id: 'reversed',
    breaks: 'Gives the vectors from the last to the first',
    caughtBy: [
      { check: 'embedder.vectors.batch-as-single', message: 'alone and not' },
      { check: 'embedder.texts.every-string', message: 'the vectors of "rain" beside no text and alone' },
    ],
    sabotage: madeOf({
      vectors: (texts, options) => texts.map((tokens) => vector(tokens, options)).reverse(),
    }),
  },
  {
    id: 'each-text-once',
    breaks: 'Gives one vector for texts that are equal',
    caughtBy: [
      { check: 'embedder.vectors.one-each-in-order', message: 'the number of vectors of 8 texts to be 8' },
      { check: 'embedder.limits.many-texts', message: 'the number of vectors of 32 texts to be 32' },
    ],
    sabotage: madeOf({
      vectors: (texts, options) =>
        [...new Set(texts.map((tokens) => tokens.join(' ')))].map((text) => vector(text.split(' '), options)),
    }),
  },
  {
    id: 'half-a-vector',
    breaks: 'Declares more dimensions than its vectors have',
    caughtBy: [
      { check: 'embedder.vectors.well-formed', message: 'the number of components of a vector to be 32' },
    ],
    sabotage: madeOf({ capabilities: declaring({ dimensions: 32 }) }),
  },
  {
    id: 'plain-numbers',
    breaks: 'Gives lists of numbers',
    caughtBy: [{ check: 'embedder.vectors.well-formed', message: 'every vector to be a Float32Array' }],
    sabotage: madeOf({
      vectors: (texts, options) =>
        texts.map((tokens) => [...vector(tokens, options)] as unknown as Float32Array),
    }),
  },
  {
    id: 'divides-by-no-tokens',
    breaks: 'Gives a vector that is no number for a text without words',
    caughtBy: [{ check: 'embedder.texts.every-string', message: 'a vector of finite numbers for no text' }],
    sabotage: madeOf({
      vector: (tokens, options) =>
        tokens.at(-1) === '' ? new Float32Array(16).fill(Number.NaN) : vector(tokens, options),
    }),
  },
  {
    id: 'longer-for-longer-texts',
    breaks: 'Declares normalised vectors, and gives those of long texts another length',
    caughtBy: [{ check: 'embedder.vectors.normalized', message: 'the length of a vector to be 1' }],
    sabotage: madeOf({
      vector: (tokens, options) => vector(tokens, options).map((part) => part * Math.sqrt(tokens.length)),
    }),
  },
  {
    id: 'by-chance',
    breaks: 'Adds a little chance to each vector',
    caughtBy: [{ check: 'embedder.vectors.equal-texts', message: 'the second vector of "rain" in a call' }],
    sabotage: madeOf({
      vector: (tokens, options) => vector(tokens, options).map((part) => part + Math.random() / 100),
    }),
  },
  {
    id: 'wanders',
    breaks: 'Gives other vectors from call to call',
    caughtBy: [
      { check: 'embedder.vectors.equal-texts', message: 'the vectors of "rain" in two calls' },
      { check: 'embedder.vectors.owned', message: 'a later vector of "rain" and the first' },
    ],
    sabotage: () => {
      let calls = 0;
      return madeOf({
        vectors(texts, options) {
          calls += 1;
          return texts.map((tokens) => vector(tokens, options).map((part) => part + calls / 1000));
        },
      })();
    },
  },
  {
    id: 'all-alike',
    breaks: 'Gives every text the same vector',
    caughtBy: [{ check: 'embedder.vectors.different-texts', message: 'to differ' }],
    sabotage: madeOf({ vector: (_, { kind = 'document' }) => sumOf([kind]) }),
  },
  {
    id: 'counts-the-filling',
    breaks: 'Reads the tokens that fill short texts of a batch as part of them',
    caughtBy: [
      { check: 'embedder.vectors.batch-as-single', message: 'alone and not to differ by' },
      { check: 'embedder.texts.every-string', message: 'alone to differ by' },
    ],
    sabotage: madeOf({
      vectors(texts, options) {
        const longest = Math.max(...texts.map(({ length }) => length));
        return texts.map((tokens) =>
          vector([...tokens, ...Array.from({ length: longest - tokens.length }, () => '[fill]')], options),
        );
      },
    }),
  },
  {
    id: 'one-array-for-equal-texts',
    breaks: 'Gives equal texts of a call the same array',
    caughtBy: [{ check: 'embedder.vectors.owned', message: 'the vector of "rain" at place 2' }],
    sabotage: madeOf({
      vectors(texts, options) {
        const made = new Map<string, Float32Array>();
        return texts.map((tokens) => {
          const key = tokens.join(' ');
          const known = made.get(key) ?? vector(tokens, options);
          made.set(key, known);
          return known;
        });
      },
    }),
  },
  {
    id: 'gives-its-cache-away',
    breaks: 'Gives the array that it keeps for later calls',
    caughtBy: [{ check: 'embedder.vectors.owned', message: 'a later vector of "rain" and the first' }],
    sabotage: inClients((embedder) => {
      const kept = new Map<string, Float32Array>();
      return {
        async embed(texts, options) {
          const embeddings = await embedder.embed(texts, options);
          const vectors = embeddings.vectors.map((made, i) => {
            const key = `${i} ${options?.kind} ${texts[i]}`;
            const known = kept.get(key) ?? made;
            kept.set(key, known);
            return known;
          });
          return { ...embeddings, vectors };
        },
      };
    }),
  },
  {
    id: 'queries-as-documents',
    breaks: 'Declares to be asymmetric, and embeds queries as documents',
    caughtBy: [
      { check: 'embedder.vectors.kinds', message: 'a query and a document to have vectors that differ' },
    ],
    sabotage: madeOf({ vector: (tokens) => vector(tokens, {}) }),
  },
  {
    id: 'understates-asymmetry',
    breaks: 'Embeds queries in their own way, and does not say so',
    caughtBy: [
      { check: 'embedder.vectors.kinds', message: 'a query and a document not to have vectors that differ' },
    ],
    sabotage: madeOf({ capabilities: declaring({ asymmetric: false }) }),
  },
  {
    id: 'queries-by-default',
    breaks: 'Takes a text of no kind for a query',
    caughtBy: [{ check: 'embedder.vectors.kinds', message: 'the vectors of a text and of a document' }],
    sabotage: madeOf({
      vector: (tokens, { kind = 'query' }) => vector(tokens, { kind }),
    }),
  },
  {
    id: 'keeps-by-text-alone',
    breaks: 'Keeps results under the text, whatever its kind',
    caughtBy: [
      { check: 'embedder.vectors.kinds', message: 'a query and a document to have vectors that differ' },
    ],
    sabotage: inClients((embedder) => {
      const kept = new Map<string, Float32Array>();
      return {
        async embed(texts, options) {
          const embeddings = await embedder.embed(texts, options);
          const vectors = embeddings.vectors.map((made, i) => {
            const known = kept.get(`${texts[i]}`) ?? made;
            kept.set(`${texts[i]}`, known);
            return known.slice();
          });
          return { ...embeddings, vectors };
        },
      };
    }),
  },
  {
    id: 'one-batch-for-all',
    breaks: 'Embeds the texts of calls that come together as those of the last of them',
    caughtBy: [{ check: 'embedder.vectors.at-once', message: 'alone and among other calls' }],
    sabotage: inClients((embedder) => {
      let latest: readonly string[] = [];
      return {
        async embed(texts, options) {
          latest = texts;
          await yieldTurns(1);
          return embedder.embed(options?.signal || latest.length !== texts.length ? texts : latest, options);
        },
      };
    }),
  },
];
