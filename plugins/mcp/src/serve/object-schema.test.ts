import { jsonSchemaOf } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { objectSchema } from './object-schema.ts';

const of = (schema: z.ZodType) => objectSchema(jsonSchemaOf(schema), 'input');

describe('the schema of a tool', () => {
  it('is that of the unit where that is an object, word for word', () => {
    const schema = z.object({ at: z.iso.date(), tags: z.array(z.string()).optional() });
    const { schema: shown, wrap, unwrap } = of(schema);
    expect(shown).toEqual(jsonSchemaOf(schema));
    expect(unwrap({ at: '2027-01-01' })).toEqual({ at: '2027-01-01' });
    expect(wrap({ at: '2027-01-01' })).toEqual({ at: '2027-01-01' });
  });

  it.each([
    ['a number', z.number()],
    ['a choice of objects', z.union([z.object({ a: z.string() }), z.object({ b: z.string() })])],
    ['anything', z.unknown()],
  ])('is an object with a field for what is %s', (_, schema) => {
    const { schema: shown, wrap, unwrap } = of(schema);
    expect(shown).toMatchObject({ type: 'object', required: ['input'], additionalProperties: false });
    expect(unwrap({ input: 7 })).toBe(7);
    expect(wrap(7)).toEqual({ input: 7 });
  });

  it('is an object with a field where nothing is known of what a unit takes', () => {
    expect(objectSchema(undefined, 'input').schema).toMatchObject({ properties: { input: {} } });
  });

  it('refers to what it refers to from where it has gone', () => {
    const { schema } = objectSchema(
      {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'array',
        items: { $ref: '#/$defs/node' },
        $defs: {
          node: { type: 'object', properties: { next: { $ref: '#/$defs/node' }, all: { $ref: '#' } } },
        },
        contains: { $ref: '#/items' },
      },
      'input',
    );
    expect(schema).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: {
        input: {
          type: 'array',
          items: { $ref: '#/$defs/node' },
          contains: { $ref: '#/properties/input/items' },
        },
      },
      required: ['input'],
      additionalProperties: false,
      $defs: {
        node: {
          type: 'object',
          properties: { next: { $ref: '#/$defs/node' }, all: { $ref: '#/properties/input' } },
        },
      },
    });
  });
});
