import type { JsonSchema, WireSchema } from '@aiwork/core';
import { hasShape, misfits, type Shape, type Shaped } from './shape.ts';

/** A shape as units take schemas: it refuses what does not have it, and tells models of it. */
export function wireSchema<const S>(shape: S & Shape): WireSchema<Shaped<S>> {
  const described: JsonSchema = shape;
  return {
    '~standard': {
      version: 1,
      vendor: 'aiwork',
      validate: (value) => (hasShape(shape, value) ? { value } : { issues: misfits(shape, value) }),
      jsonSchema: { input: () => described, output: () => described },
    },
  };
}
