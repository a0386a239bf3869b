import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hasShape, misfits, type Shape, type Shaped } from './shape.ts';

const shape = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    kind: { type: 'string', enum: ['query', 'document'] },
    count: { type: 'integer', minimum: 1 },
    share: { type: 'number', exclusiveMinimum: 0 },
    kept: { type: 'boolean' },
    texts: { type: 'array', items: { type: 'string' }, maxItems: 2 },
    sums: { type: 'object', additionalProperties: { type: 'string' } },
  },
  required: ['name', 'texts'],
} as const satisfies Shape;

/** The same, by the library whose work this does. */
const reference = z.object({
  name: z.string(),
  kind: z.enum(['query', 'document']).optional(),
  count: z.int().min(1).optional(),
  share: z.number().positive().optional(),
  kept: z.boolean().optional(),
  texts: z.array(z.string()).max(2),
  sums: z.record(z.string(), z.string()).optional(),
});

const whole = { name: 'n', texts: ['a'] };

describe('a shape', () => {
  it('is had by what has all that is required, whatever else it has', () => {
    const value: unknown = {
      ...whole,
      kind: 'query',
      count: 1,
      share: 0.1,
      kept: true,
      sums: { a: 'b' },
      more: 1,
    };
    expect(misfits(shape, value)).toEqual([]);
    if (!hasShape(shape, value)) throw new Error('it has its shape');
    const typed: Shaped<typeof shape> = value;
    const kind: 'query' | 'document' | undefined = typed.kind;
    expect([kind, typed.texts[0]]).toEqual(['query', 'a']);
  });

  it.each([
    [null, [], 'has to be an object'],
    [[], [], 'has to be an object'],
    [{ texts: [] }, ['name'], 'has to be a string'],
    [{ ...whole, kind: 'other' }, ['kind'], 'has to be one of query, document'],
    [{ ...whole, count: 1.5 }, ['count'], 'has to be a whole number'],
    [{ ...whole, count: 0 }, ['count'], 'is 0, and has to be at least 1'],
    [{ ...whole, share: 0 }, ['share'], 'is 0, and has to be more than 0'],
    [{ ...whole, share: Number.NaN }, ['share'], 'has to be a number'],
    [{ ...whole, kept: 1 }, ['kept'], 'has to be true or false'],
    [{ ...whole, texts: 'a' }, ['texts'], 'has to be a list'],
    [{ ...whole, texts: ['a', 'b', 'c'] }, ['texts'], 'has 3 items, and may have 2'],
    [{ ...whole, texts: ['a', 1] }, ['texts', 1], 'has to be a string'],
    [{ ...whole, sums: { a: 'b', c: 1 } }, ['sums', 'c'], 'has to be a string'],
    [JSON.parse('{"__proto__":{"name":"n"},"texts":[]}'), ['name'], 'has to be a string'],
  ])('is not had by %j, and it says where and why', (value, path, message) => {
    expect(misfits(shape, value)).toEqual([{ path, message }]);
  });

  it('is missed in several places at once', () => {
    expect(misfits(shape, { name: 1, texts: [1, 2] }).map(({ path }) => path.join('.'))).toEqual([
      'name',
      'texts.0',
      'texts.1',
    ]);
  });

  it('is had by the values that a library for schemas takes', () => {
    const anything = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
    // Mostly what is right, so that there are values of which nothing is wrong.
    const mostly = <T>(arbitrary: fc.Arbitrary<T>) =>
      fc.oneof({ weight: 9, arbitrary }, { weight: 1, arbitrary: anything });
    const values = fc.record(
      {
        name: mostly(fc.string()),
        kind: mostly(fc.constantFrom('query', 'document')),
        count: mostly(fc.integer({ min: -1 })),
        share: mostly(fc.double({ min: 0, max: 1 })),
        kept: mostly(fc.boolean()),
        texts: mostly(fc.array(fc.string(), { maxLength: 3 })),
        sums: mostly(fc.dictionary(fc.string(), mostly(fc.string()))),
      },
      { requiredKeys: ['name', 'texts'] },
    );
    let taken = 0;
    fc.assert(
      fc.property(values, (value) => {
        const { success } = reference.safeParse(value);
        taken += Number(success);
        expect(hasShape(shape, value)).toBe(success);
      }),
      { seed: 7, numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(500);
    expect(taken).toBeLessThan(1500);
  });
});
