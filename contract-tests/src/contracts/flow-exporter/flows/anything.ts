import type { JsonSchema, WireSchema } from '@aiwork/core';

/** A schema that takes everything, and describes itself as `schema`. */
// biome-ignore lint/suspicious/noExplicitAny: that is its meaning
export function described(schema: JsonSchema): WireSchema<any> {
  const describe = () => ({ ...schema });
  return {
    '~standard': {
      version: 1,
      vendor: 'aiwork',
      validate: (value) => ({ value }),
      jsonSchema: { input: describe, output: describe },
    },
  };
}

export const anything = described({});
