import { _, type FuncKeywordDefinition } from 'ajv';

/**
 * `const`, `enum` and `uniqueItems`, which compare JSON values, in time linear in the data. Ajv's own compare each item of
 * an array with each other one, which takes minutes for a megabyte, and throw at a property called `valueOf`.
 *
 * @internal
 */
export const equalityKeywords: readonly FuncKeywordDefinition[] = [
  {
    keyword: 'const',
    error: {
      message: 'must be equal to constant',
      params: ({ schemaCode }) => _`{allowedValue: ${schemaCode}}`,
    },
    compile(constant: unknown) {
      const wanted = canonical(constant);
      return (value: unknown) => canonical(value) === wanted;
    },
  },
  {
    keyword: 'enum',
    schemaType: 'array',
    error: {
      message: 'must be equal to one of the allowed values',
      params: ({ schemaCode }) => _`{allowedValues: ${schemaCode}}`,
    },
    compile(constants: readonly unknown[]) {
      const allowed = new Set(constants.map(canonical));
      return (value: unknown) => allowed.has(canonical(value));
    },
  },
  {
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    error: { message: 'must not have two equal items' },
    validate: (wanted: boolean, items: readonly unknown[]) =>
      !wanted || new Set(items.map(canonical)).size === items.length,
  },
];

/** A text that two JSON values share exactly when they are equal. The caller has bounded the depth. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`);
  return `{${entries.sort().join(',')}}`;
}
