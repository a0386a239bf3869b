import type { JsonSchema } from '@aiwork/core';

/** A schema as a tool may have it: of an object. What is none is put into a property of one. */
export interface ObjectSchema {
  readonly schema: { readonly type: 'object'; readonly [keyword: string]: unknown };
  /** The value of what the schema allows. */
  unwrap(value: Readonly<Record<string, unknown>>): unknown;
  wrap(value: unknown): Readonly<Record<string, unknown>>;
}

/** Models refuse these at the root. */
const choices = ['anyOf', 'oneOf', 'allOf', 'not', 'if', '$ref'];

/** `property` names where a value goes that is no object. */
export function objectSchema(json: JsonSchema | undefined, property: string): ObjectSchema {
  const schema = json ?? {};
  if (schema['type'] === 'object' && !choices.some((keyword) => keyword in schema)) {
    return {
      schema: { ...schema, type: 'object' },
      unwrap: (value) => value,
      wrap: (value) => value as Readonly<Record<string, unknown>>,
    };
  }
  const { $schema, $defs, ...inner } = schema;
  return {
    schema: {
      ...($schema !== undefined && { $schema }),
      type: 'object',
      properties: { [property]: movedTo(`#/properties/${property}`, inner) },
      required: [property],
      additionalProperties: false,
      ...($defs !== undefined && { $defs: movedTo(`#/properties/${property}`, $defs) }),
    },
    unwrap: (value) => value[property],
    wrap: (value) => ({ [property]: value ?? null }),
  };
}

/** With references to the root pointing at where it has gone; definitions stay at the root. */
function movedTo(place: string, schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map((item) => movedTo(place, item));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      const isReference = key === '$ref' && typeof value === 'string';
      if (!isReference) return [key, movedTo(place, value)];
      const isMoved = value === '#' || (value.startsWith('#/') && !value.startsWith('#/$defs/'));
      return [key, isMoved ? `${place}${value.slice(1)}` : value];
    }),
  );
}
