import type { Embedder } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import {
  differenceOf,
  embedAll,
  mixedTexts,
  sameVector,
  shuffled,
  vectorOf,
  vectorsAlone,
} from './embedding.ts';

/** Vectors of length 1 are rounded, as all are. */
const roundingOfLength = 1e-3;

export const vectors: CheckGroup<Embedder> = {
  id: 'vectors',
  title: 'Vectors',
  checks: [
    {
      id: 'embedder.vectors.one-each-in-order',
      rule: 'There is one vector for each text, in the order of the texts',
      anchor: 'Embeddings.vectors',
      why: 'every passage would be found by the words of another',
      async run(t) {
        const embedder = await t.open();
        const texts = shuffled(t.random, mixedTexts);
        const forwards = await embedAll(embedder, texts);
        t.same(forwards.vectors.length, texts.length, `the number of vectors of ${texts.length} texts`);
        const backwards = await embedAll(embedder, texts.toReversed());
        for (const [i, text] of texts.entries())
          sameVector(
            t,
            forwards.vectors[i],
            backwards.vectors[texts.length - 1 - i],
            `the vectors of ${JSON.stringify(text)} at two places of a list`,
          );
      },
    },
    {
      id: 'embedder.vectors.well-formed',
      rule: 'Every vector is a `Float32Array` of `dimensions` finite numbers',
      anchor: 'EmbedderCapabilities.dimensions',
      why: 'an index refuses it, or compares it with nothing',
      async run(t) {
        const { dimensions } = t.capabilities;
        for (const vector of (await embedAll(await t.open(), mixedTexts)).vectors) {
          t.that(vector instanceof Float32Array, 'every vector to be a Float32Array', vector);
          t.same(vector.length, dimensions, 'the number of components of a vector');
          t.that(vector.every(Number.isFinite), 'every component to be a finite number', vector);
        }
      },
    },
    {
      id: 'embedder.vectors.normalized',
      rule: 'Where vectors are declared to be normalised, every one has length 1',
      anchor: 'EmbedderCapabilities.normalized',
      why: 'whoever is told so takes the dot product for the cosine, and long texts win',
      when: ({ normalized }) => normalized || 'its vectors are not normalised',
      async run(t) {
        for (const vector of (await embedAll(await t.open(), [...mixedTexts, ''])).vectors) {
          const length = Math.hypot(...vector);
          t.that(Math.abs(length - 1) <= roundingOfLength, 'the length of a vector to be 1', length);
        }
      },
    },
    {
      id: 'embedder.vectors.equal-texts',
      rule: 'Equal texts give equal vectors: bit for bit within a call, up to `tolerance` from call to call',
      anchor: 'Embedder',
      why: 'what was indexed yesterday is not found today',
      async run(t) {
        const embedder = await t.open();
        const texts = ['rain', 'rain in the harbour', 'rain'].slice(0, t.capabilities.maxTexts);
        const [first, , again] = (await embedder.embed(texts)).vectors;
        if (again) t.same(again, first, 'the second vector of "rain" in a call');
        for (let call = 0; call < 3; call += 1)
          sameVector(t, await vectorOf(embedder, 'rain'), first, 'the vectors of "rain" in two calls');
      },
    },
    {
      id: 'embedder.vectors.different-texts',
      rule: 'Texts that say different things give different vectors',
      anchor: 'Embedder',
      why: 'everything would be as similar to everything else',
      async run(t) {
        const different = [...new Set(mixedTexts)];
        const { vectors: all } = await embedAll(await t.open(), different);
        for (const [i, one] of all.entries())
          for (const [k, other] of all.slice(0, i).entries())
            t.that(
              differenceOf(one, other) > t.capabilities.tolerance,
              `the vectors of ${JSON.stringify(different[i])} and ${JSON.stringify(different[k])} to differ`,
              differenceOf(one, other),
            );
      },
    },
    {
      id: 'embedder.vectors.batch-as-single',
      rule: 'A text has the same vector alone and among others of any length, up to `tolerance`',
      anchor: 'EmbedderCapabilities.tolerance',
      why: 'what fills short texts up to the length of long ones changes them: what is found depends on chance',
      async run(t) {
        const embedder = await t.open();
        const alone = await vectorsAlone(embedder, mixedTexts);
        const together = await embedAll(embedder, mixedTexts);
        for (const [i, text] of mixedTexts.entries())
          sameVector(
            t,
            together.vectors[i],
            alone[i],
            `the vectors of ${JSON.stringify(text)} alone and not`,
          );
      },
    },
    {
      id: 'embedder.vectors.owned',
      rule: 'A vector is the caller’s own: what is written into it shows in no other and in no later answer',
      anchor: 'Embeddings.vectors',
      why: 'a caller that scales a vector in place spoils the cache for everybody',
      async run(t) {
        const embedder = await t.open();
        const texts = ['rain', 'Zürich', 'rain'].slice(0, t.capabilities.maxTexts);
        const { vectors: given } = await embedder.embed(texts);
        const before = given.map((vector) => vector.slice());
        given[0]?.fill(7);
        for (const [i, text] of texts.entries())
          if (i > 0) t.same(given[i], before[i], `the vector of ${JSON.stringify(text)} at place ${i}`);
        sameVector(t, await vectorOf(embedder, 'rain'), before[0], 'a later vector of "rain" and the first');
      },
    },
    {
      id: 'embedder.vectors.kinds',
      rule: 'Queries have vectors of their own where the embedder is `asymmetric`, and nowhere else; `document` is the default',
      anchor: 'EmbedderCapabilities.asymmetric',
      why: 'queries are compared with documents as if they were some',
      async run(t) {
        const embedder = await t.open();
        for (const text of ['rain', 'rain in the harbour']) {
          const query = await vectorOf(embedder, text, { kind: 'query' });
          const document = await vectorOf(embedder, text, { kind: 'document' });
          sameVector(t, await vectorOf(embedder, text), document, 'the vectors of a text and of a document');
          const difference = differenceOf(query, document);
          t.that(
            difference > t.capabilities.tolerance === t.capabilities.asymmetric,
            `a query and a document ${t.capabilities.asymmetric ? '' : 'not '}to have vectors that differ`,
            difference,
          );
        }
      },
    },
    {
      id: 'embedder.vectors.at-once',
      rule: 'Calls at the same time do not mix',
      anchor: 'Embedder.embed',
      why: 'calls share a batch: each gets what belongs to it, or the texts of others',
      async run(t) {
        const embedder = await t.open();
        const alone = await vectorsAlone(embedder, mixedTexts);
        const rounds = Array.from({ length: 4 }, () => shuffled(t.random, mixedTexts.keys())).flat();
        const together = await Promise.all(
          rounds.map(async (i, turn) => {
            const kind = turn % 5 === 4 ? 'query' : 'document';
            return { i, kind, vector: await vectorOf(embedder, mixedTexts[i] as string, { kind }) };
          }),
        );
        for (const { i, kind, vector } of together)
          if (kind === 'document')
            sameVector(
              t,
              vector,
              alone[i],
              `the vectors of ${JSON.stringify(mixedTexts[i])} alone and among other calls`,
            );
      },
    },
  ],
};
