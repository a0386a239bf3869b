import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { testServer } from './databases.fixture.ts';
import { filterSql } from './filter-sql.ts';
import { createParameters } from './parameters.ts';

vi.setConfig({ testTimeout: 120_000 });
const server = testServer();

const strings = fc.constantFrom(
  '',
  'a',
  'A',
  "it's",
  '\u0000',
  '\ue000',
  '\u{1f600}',
  '$bound',
  '"',
  '\\u0000',
);
const numbers = fc.constantFrom(0, -0, 1, 10, -1.5, 0.1, 5e-324, Number.MAX_VALUE);
const values = fc.oneof(strings, numbers, fc.boolean(), fc.constant(null));
const held = fc.oneof(
  values,
  fc.array(fc.oneof(values, fc.constant([1, 'a'])), { maxLength: 3 }),
  fc.constant({ a: 1 }),
);
const fields = fc.constantFrom('n', "it's", '\u0000', '__proto__');
const metadata = fc
  .array(fc.tuple(fields, held), { maxLength: 4 })
  .map((entries) => Object.fromEntries(entries));
const bounds = fc.oneof(
  strings,
  numbers,
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const condition = fc.oneof(
  values,
  fc.record({ $eq: values }),
  fc.record({ $ne: values }),
  fc.record({ $in: fc.array(values, { maxLength: 3 }) }),
  fc.record({ $gt: bounds }),
  fc.record({ $lte: bounds }),
  fc.record({ $gte: bounds, $lt: bounds }),
  fc.record({ $exists: fc.boolean() }),
);
const plain = fc
  .array(fc.tuple(fields, condition), { maxLength: 2 })
  .map((entries) => Object.fromEntries(entries));
const filters = fc.letrec<{ filter: object }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small' },
    plain,
    fc.record({ $and: fc.array(tie('filter'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ $or: fc.array(tie('filter'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ $not: tie('filter') }),
  ),
})).filter;

type Given = Readonly<Record<string, unknown>>;

/** What the contract says of filters, over again and as plainly as can be. */
function fits(filter: Given, of: Given): boolean {
  return Object.entries(filter).every(([name, given]) => {
    if (name === '$and') return (given as Given[]).every((one) => fits(one, of));
    if (name === '$or') return (given as Given[]).some((one) => fits(one, of));
    if (name === '$not') return !fits(given as Given, of);
    const value = Object.hasOwn(of, name) ? of[name] : undefined;
    const items = Array.isArray(value) ? value : [value];
    if (typeof given !== 'object' || given === null) return items.includes(given);
    return Object.entries(given).every(([operator, operand]) => {
      const compared = (compare: (item: never) => boolean) =>
        items.some((item) => typeof item === typeof operand && compare(item as never));
      if (operator === '$eq') return items.includes(operand);
      if (operator === '$ne') return !items.includes(operand);
      if (operator === '$in') return items.some((item) => (operand as unknown[]).includes(item));
      if (operator === '$gt') return compared((item) => item > operand);
      if (operator === '$gte') return compared((item) => item >= operand);
      if (operator === '$lt') return compared((item) => item < operand);
      if (operator === '$lte') return compared((item) => item <= operand);
      return (value !== undefined) === operand;
    });
  });
}

describe('a filter', () => {
  it('lets through what the contract says, whatever it and the metadata are', async (context) => {
    server.required(context);
    const memory = await server.open();
    const docs = fc.sample(metadata, { seed: 11, numRuns: 120 }).map((of, n) => ({
      id: String(n).padStart(3, '0'),
      text: 'needle',
      ...(n % 10 > 0 && { metadata: of }),
    }));
    await memory.upsert(docs);
    const counts = new Set<number>();
    for (const filter of fc.sample(filters, { seed: 12, numRuns: 250 })) {
      const hits = await memory.search({ text: 'needle', topK: 1000, filter: filter as never });
      const expected = docs.filter(({ metadata: of = {} }) => fits(filter as Given, of));
      expect([JSON.stringify(filter), ...hits.map(({ id }) => id)]).toEqual([
        JSON.stringify(filter),
        ...expected.map(({ id }) => id),
      ]);
      counts.add(expected.length);
    }
    // Else it would have said little.
    expect(counts.size).toBeGreaterThan(20);
  });

  it('is a statement in which nothing stands that was given', () => {
    const texts = fc.sample(filters, { seed: 13, numRuns: 200 }).map((filter) => {
      const parameters = createParameters();
      return filterSql(filter, parameters);
    });
    const alphabet =
      /^(?:[\s()$\d,]|metadata|@>|->|::(?:text|jsonb)|AND|OR|IS|NOT|NULL|TRUE|true|false|CASE|WHEN|THEN|ELSE|END|jsonb_typeof|jsonb_build_array|jsonb_path_exists|'array'|'strict \$\[\*\] \? \(@ [<>]=? \$bound\)')*$/;
    for (const text of texts) expect(text).toMatch(alphabet);
  });
});
