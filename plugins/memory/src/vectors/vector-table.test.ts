import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestFirst, type Scored } from '../fusion.ts';
import { dotProduct, prepared, type Similarity } from './similarity.ts';
import { createVectorTable, type NearQuery } from './vector-table.ts';

const dimensions = 5;
/** Few values, so that vectors are often equal or near; and such as are hard to write in a byte. */
const component = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 1, -1, 0.5, 2) },
  { weight: 2, arbitrary: fc.float({ min: -1, max: 1, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(1e-30, 1e30, -1e30, 1e-45, 3.4e38) },
);
const vector = fc
  .array(component, { minLength: dimensions, maxLength: dimensions })
  .map((values) => Float32Array.from(values));
const id = fc.integer({ min: 0, max: 30 }).map((n) => `doc-${n}`);
const command = fc.oneof(
  { weight: 5, arbitrary: fc.record({ set: id, vector }) },
  { weight: 2, arbitrary: fc.record({ remove: id }) },
  {
    weight: 2,
    arbitrary: fc.record({
      vector,
      topK: fc.integer({ min: 1, max: 8 }),
      minScore: fc.constantFrom(Number.NEGATIVE_INFINITY, 0, 0.5),
      odd: fc.boolean(),
    }),
  },
);

/** Looks at every vector. */
function exhaustive(similarity: Similarity) {
  const all = new Map<string, Float32Array>();
  return {
    all,
    nearest({ vector, topK, minScore, accepts }: NearQuery): Scored[] {
      const query = prepared(vector, similarity);
      return [...all]
        .filter(([id]) => accepts(id))
        .map(([id, other]) => ({ id, score: dotProduct(query, prepared(other, similarity)) }))
        .filter(({ score }) => score >= minScore)
        .sort(bestFirst)
        .slice(0, topK);
    },
  };
}

describe.each(['cosine', 'dot'] as const)('nearest by %s', (similarity) => {
  // With few vectors, all of them are among the candidates.
  it.each([undefined, 100])('are those that looking at all gives (candidates: %s)', (candidates) => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const table = createVectorTable({ dimensions, similarity, candidates });
        const oracle = exhaustive(similarity);
        for (const each of commands) {
          if ('set' in each) {
            table.set(each.set, each.vector);
            oracle.all.set(each.set, each.vector);
          } else if ('remove' in each) {
            table.delete(each.remove);
            oracle.all.delete(each.remove);
          } else {
            const { odd, ...rest } = each;
            const query = { ...rest, accepts: (found: string) => !odd || Number(found.slice(4)) % 2 === 1 };
            expect(table.nearest(query)).toEqual(oracle.nearest(query));
          }
          expect(table.size).toBe(oracle.all.size);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('many vectors', { timeout: 60_000 }, () => {
  const many = 9000;
  const size = 48;
  let state = 1;
  /** Park and Miller (1988). */
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647 - 0.5;
  };
  const vectors = Array.from({ length: many }, () => Float32Array.from({ length: size }, random));
  const queries = Array.from({ length: 20 }, () => Float32Array.from({ length: size }, random));
  const everything = { topK: 10, minScore: Number.NEGATIVE_INFINITY, accepts: () => true };

  function filled(candidates?: number) {
    const table = createVectorTable({ dimensions: size, similarity: 'cosine', candidates });
    vectors.forEach((each, n) => {
      table.set(`${n}`, each);
    });
    return table;
  }

  const oracle = exhaustive('cosine');
  for (const [n, each] of vectors.entries()) oracle.all.set(`${n}`, each);

  it('are found exactly, over several blocks', () => {
    const table = filled();
    for (const query of queries)
      expect(table.nearest({ vector: query, ...everything })).toEqual(
        oracle.nearest({ vector: query, ...everything }),
      );
  });

  it('are mostly found among candidates, and the more of them there are, the more', () => {
    const recall = (candidates: number) => {
      const table = filled(candidates);
      const found = queries.flatMap((query) => {
        const wanted = new Set(oracle.nearest({ vector: query, ...everything }).map(({ id }) => id));
        return table.nearest({ vector: query, ...everything }).filter(({ id }) => wanted.has(id));
      });
      return found.length / (10 * queries.length);
    };
    const [few, more] = [recall(100), recall(1500)];
    // Without any structure, and with few numbers: as hard as vectors get.
    expect(few).toBeGreaterThan(0.3);
    expect(more).toBeGreaterThan(0.9);
  });

  it('are found where a filter leaves out almost all', () => {
    const rare = { ...everything, accepts: (id: string) => Number(id) % 1000 === 7 };
    const table = filled(20);
    for (const query of queries)
      expect(table.nearest({ vector: query, ...rare }).map(({ id }) => id)).toEqual(
        oracle.nearest({ vector: query, ...rare }).map(({ id }) => id),
      );
  });
});
