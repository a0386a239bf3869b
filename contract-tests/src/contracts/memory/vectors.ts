import type { Memory, MemoryCapabilities, MemoryDoc, MemoryHit } from '@aiwork/core';
import fc, { type AsyncCommand } from 'fast-check';
import type { CheckContext } from '../../engine/check-context.ts';
import type { CheckGroup } from '../../engine/contract.ts';
import type { Random } from '../../engine/random.ts';
import { runModel } from '../model.ts';
import { idsOf, maxTopK, numbered } from './searching.ts';

const byVector = ({ search, dimensions }: MemoryCapabilities): true | string => {
  if (!search.includes('vector')) return 'searching by vector is not declared';
  return (dimensions ?? 2) >= 2 || 'vectors of one number have but two directions';
};

const byFilteredVector = (capabilities: MemoryCapabilities): true | string =>
  capabilities.filters ? byVector(capabilities) : 'filters are not declared';

const dimensionsOf = ({ capabilities }: CheckContext<Memory>) => capabilities.dimensions ?? 2;

/** Of length 1: by cosine, by product and by distance, the same are near each other. */
function direction(t: CheckContext<Memory>, degrees: number): Float32Array {
  const vector = new Float32Array(dimensionsOf(t));
  const angle = (degrees * Math.PI) / 180;
  vector[0] = Math.cos(angle);
  vector[1] = Math.sin(angle);
  return vector;
}

/** A document for each angle, which is its id. */
const at = (t: CheckContext<Memory>, degrees: number): MemoryDoc => ({
  id: `${degrees}`,
  text: `needle ${degrees}`,
  vector: direction(t, degrees),
});

const near = (t: CheckContext<Memory>, memory: Memory, degrees: number, topK = maxTopK) =>
  memory.search({ vector: direction(t, degrees), topK });

function chance(random: Random, dimensions: number): Float32Array {
  const values = numbered(dimensions).map(() => random.next() - 0.5);
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}

function product(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}

const scoresOf = (hits: readonly MemoryHit[]) => hits.map(({ score }) => score);

/** What has a vector, by id; what is nearest is looked up among all. */
type VectorModel = Map<string, number>;

interface VectorReal {
  readonly memory: Memory;
  readonly t: CheckContext<Memory>;
}

type Command = AsyncCommand<VectorModel, VectorReal>;

/** No two of them are equally far from 0. */
const angles = [5, 40, 75, 110, 145] as const;
const names = ['a', 'b', 'A', '\u{1f600}'] as const;

const put = (batch: readonly { readonly id: string; readonly degrees: number | undefined }[]): Command => ({
  check: () => true,
  async run(model, { memory, t }) {
    await memory.upsert(
      batch.map(({ id, degrees }) => ({
        id,
        text: 'needle',
        ...(degrees !== undefined && { vector: direction(t, degrees) }),
      })),
    );
    for (const { id, degrees } of batch)
      if (degrees === undefined) model.delete(id);
      else model.set(id, degrees);
  },
  toString: () => `upsert(${JSON.stringify(batch)})`,
});

const remove = (gone: readonly string[]): Command => ({
  check: () => true,
  async run(model, { memory }) {
    await memory.delete(gone);
    for (const id of gone) model.delete(id);
  },
  toString: () => `delete(${JSON.stringify(gone)})`,
});

const search: Command = {
  check: () => true,
  async run(model, { memory, t }) {
    const expected = [...model].sort(([a, one], [b, other]) => one - other || (a < b ? -1 : 1));
    t.same(
      idsOf(await near(t, memory, 0)),
      idsOf(expected.map(([id]) => ({ id, text: '' }))),
      'what is near 0°',
    );
  },
  toString: () => 'search(0°)',
};

export const vectors: CheckGroup<Memory> = {
  id: 'vectors',
  title: 'Searching by vector',
  checks: [
    {
      id: 'memory.vectors.dimensions',
      rule: 'A memory that searches by vector declares how many numbers a vector has',
      anchor: 'MemoryCapabilities.dimensions',
      why: 'whoever makes the vectors has to know which model to ask',
      when: ({ search }) => search.includes('vector') || 'searching by vector is not declared',
      async run(t) {
        const { dimensions } = t.capabilities;
        const isCount = Number.isInteger(dimensions) && (dimensions ?? 0) > 0;
        t.that(isCount, 'dimensions to be a whole number above 0', dimensions);
      },
    },
    {
      id: 'memory.vectors.nearest-first',
      rule: 'Hits come nearest first, with finite scores',
      anchor: 'MemoryQuery.vector',
      why: 'callers read the first hits only',
      when: byVector,
      async run(t) {
        const memory = await t.open();
        await memory.upsert([90, 20, 170, 55, 5].map((degrees) => at(t, degrees)));
        const hits = await near(t, memory, 0);
        t.same(idsOf(hits), ['5', '20', '55', '90', '170'], 'what is near 0°');
        t.same(idsOf(await near(t, memory, 180)), ['170', '90', '55', '20', '5'], 'what is near 180°');
        t.that(scoresOf(hits).every(Number.isFinite), 'scores to be finite numbers', scoresOf(hits));
      },
    },
    {
      id: 'memory.vectors.finds-the-nearest',
      rule: 'Of several hundred vectors a search finds at least 95 in 100 of the nearest ten',
      anchor: 'MemoryQuery.vector',
      why: 'what an index does not find is not known to the model',
      when: byVector,
      async run(t) {
        const memory = await t.open();
        const dimensions = dimensionsOf(t);
        const docs = numbered(600).map((n) => ({
          id: `${n}`,
          text: 'needle',
          vector: chance(t.random, dimensions),
        }));
        await memory.upsert(docs);
        const queries = numbered(20).map(() => chance(t.random, dimensions));
        let found = 0;
        for (const vector of queries) {
          const nearest = docs
            .map((doc) => ({ id: doc.id, score: product(vector, doc.vector) }))
            .sort((a, b) => b.score - a.score)
            .slice(0, 10);
          const wanted = new Set(nearest.map(({ id }) => id));
          const hits = await memory.search({ vector, topK: 10 });
          found += hits.filter(({ id }) => wanted.has(id)).length;
        }
        const share = found / (10 * queries.length);
        t.evidence('recall of ten', share);
        t.that(share >= 0.95, 'at least 0.95 of the nearest ten to be found', share);
      },
    },
    {
      id: 'memory.vectors.follow-their-document',
      rule: 'In any sequence of calls what is found by vector is what has one now',
      anchor: 'Memory',
      why: 'a deleted passage would be shown, or one by what it said before',
      when: byVector,
      async run(t) {
        const memory = await t.open();
        const doc = fc.record({
          id: fc.constantFrom(...names),
          degrees: fc.option(fc.constantFrom(...angles), { nil: undefined, freq: 3 }),
        });
        await runModel<VectorModel, VectorReal>({
          commands: [
            fc.uniqueArray(doc, { maxLength: 3, selector: ({ id }) => id }).map(put),
            fc.subarray([...names], { maxLength: 2 }).map(remove),
            fc.constant(search),
          ],
          seed: t.seed,
          runs: 40,
          async setup() {
            await memory.delete(names);
            return { model: new Map(), real: { memory, t } };
          },
        });
      },
    },
    {
      id: 'memory.vectors.refuses-what-is-none',
      rule: 'A vector of another length, with a number that is not finite or that is no `Float32Array` is refused without effect',
      anchor: 'MemoryCapabilities.dimensions',
      why: 'vectors of two models in one index find nothing, and nobody is told',
      when: byVector,
      async run(t) {
        const memory = await t.open();
        const dimensions = dimensionsOf(t);
        const wrong = {
          'one number less': new Float32Array(dimensions - 1).fill(1),
          'one number more': new Float32Array(dimensions + 1).fill(1),
          NaN: direction(t, 0).fill(Number.NaN, 0, 1),
          Infinity: direction(t, 0).fill(Number.POSITIVE_INFINITY, 0, 1),
          'plain numbers': [...direction(t, 0)] as unknown as Float32Array,
        };
        for (const [what, vector] of Object.entries(wrong)) {
          await t.refuses(() => memory.search({ vector, topK: 1 }), `search() by a vector: ${what}`, {
            code: 'AIWORK_INVALID_ARGUMENT',
            notApplied: false,
          });
          await t.refuses(
            () => memory.upsert([at(t, 1), { id: 'doc', text: 'needle', vector }]),
            `upsert() of a vector: ${what}`,
            { code: 'AIWORK_INVALID_ARGUMENT' },
          );
        }
        t.same(await memory.count(), 0, 'the count after refused upserts');
      },
    },
    {
      id: 'memory.vectors.not-shared',
      rule: 'What is stored does not change with the array it was given as, and a search leaves its vector as it is',
      anchor: 'MemoryDoc.vector',
      why: 'a buffer that is used again would move every document that was made with it',
      when: byVector,
      async run(t) {
        const memory = await t.open();
        const own = direction(t, 10).map((value) => 3 * value);
        await memory.upsert([{ id: 'own', text: 'needle', vector: own }, at(t, 90)]);
        own.set(direction(t, 179));
        t.same(idsOf(await near(t, memory, 0)), ['own', '90'], 'what is near 0° after its array was changed');
        const query = direction(t, 30).map((value) => 3 * value);
        const before = [...query];
        await memory.search({ vector: query, topK: 2 });
        t.same([...query], before, 'the vector of a query after the search');
      },
    },
    {
      id: 'memory.vectors.filtered',
      rule: 'A filter leaves out what does not fit, and whatever fits is found however far it is',
      anchor: 'MemoryQuery.filter',
      why: 'filtering what was found leaves a tenant with few documents nothing at all',
      when: byFilteredVector,
      async run(t) {
        const memory = await t.open();
        const others = numbered(300).map((n) => ({
          ...at(t, n / 10),
          id: `other ${n}`,
          metadata: { mine: false },
        }));
        const mine = [100, 130, 160].map((degrees) => ({ ...at(t, degrees), metadata: { mine: true } }));
        await memory.upsert([...others, ...mine]);
        const hits = await memory.search({ vector: direction(t, 0), topK: 3, filter: { mine: true } });
        t.same(idsOf(hits), ['100', '130', '160'], 'the nearest of those that fit');
      },
    },
    {
      id: 'memory.vectors.ties-by-id',
      rule: 'Equally near ones are ordered by id, in code units, and fewer hits are the first of more',
      anchor: 'Memory',
      why: 'a run that is replayed would show other documents to its model',
      when: byVector,
      async run(t) {
        const memory = await t.open();
        const ids = ['10', '9', 'B', 'a', 'Z', 'é', '\u{1f600}', '\uff5e', '_'];
        await memory.upsert(ids.map((id) => ({ ...at(t, 30), id })));
        await memory.upsert([
          { ...at(t, 30), id: '10' },
          { ...at(t, 10), id: 'nearer' },
        ]);
        const expected = ['nearer', ...[...ids].sort()];
        for (const topK of [1, 2, 5, expected.length, maxTopK])
          t.same(idsOf(await near(t, memory, 0, topK)), expected.slice(0, topK), `the first ${topK} hits`);
      },
    },
    {
      id: 'memory.vectors.min-score',
      rule: 'Hits below `minScore` are left out, and one of exactly that score is not',
      anchor: 'MemoryQuery.minScore',
      why: 'what does not fit is shown to a model, or what fits is kept from it',
      when: byVector,
      async run(t) {
        const memory = await t.open();
        await memory.upsert([10, 40, 70].map((degrees) => at(t, degrees)));
        const all = await near(t, memory, 0);
        for (const { score: minScore } of all) {
          const hits = await memory.search({ vector: direction(t, 0), topK: maxTopK, minScore });
          const expected = all.filter(({ score }) => score >= minScore);
          t.same(idsOf(hits), idsOf(expected), `the hits with minScore ${minScore}`);
        }
      },
    },
  ],
};
