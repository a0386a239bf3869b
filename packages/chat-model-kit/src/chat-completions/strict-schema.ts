import type { JsonSchema } from '@aiwork/core';

/** What strict schemas may not hold. */
const unknownThere = [
  'allOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'dependentRequired',
  'dependentSchemas',
  'patternProperties',
  'propertyNames',
  'prefixItems',
  'contains',
  'uniqueItems',
];

/**
 * Whether a provider can hold a model to every word of a schema: objects have all their properties and no others, and
 * every part says what it is.
 */
export function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (typeof schema !== 'object' || schema === null) return true;
  if (unknownThere.some((keyword) => keyword in schema)) return false;
  const { type, properties, required = [], additionalProperties, ...others } = schema as JsonSchema;
  if (type === 'object' || properties !== undefined) {
    const names = Object.keys(properties ?? {});
    if (additionalProperties !== false || !Array.isArray(required)) return false;
    if (!names.every((name) => required.includes(name))) return false;
  }
  return Object.values(properties ?? {}).every(isStrict) && Object.values(others).every(isStrict);
}
