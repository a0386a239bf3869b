import { expect, it } from 'vitest';
import { z } from 'zod';
import { isStrict } from './strict-schema.ts';

const jsonSchema = (schema: z.ZodType) => z.toJSONSchema(schema);

it.each([
  ['all properties', z.object({ a: z.string(), b: z.array(z.object({ c: z.number().nullable() })) }), true],
  ['an optional property', z.object({ a: z.string().optional() }), false],
  [
    'an optional property deep inside',
    z.object({ a: z.array(z.object({ b: z.string().optional() })) }),
    false,
  ],
  ['any other property', z.looseObject({ a: z.string() }), false],
  ['a union', z.object({ a: z.union([z.object({ b: z.literal('x') }), z.null()]) }), true],
  ['a tagged union', z.object({ a: z.discriminatedUnion('k', [z.object({ k: z.literal('x') })]) }), false],
  ['a tuple', z.object({ a: z.tuple([z.string(), z.number()]) }), false],
  ['a record', z.object({ a: z.record(z.string(), z.number()) }), false],
])('an object of %s', (_, schema, expected) => {
  expect(isStrict(jsonSchema(schema))).toBe(expected);
});
