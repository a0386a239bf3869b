import type { FilterValue } from '@aiwork/core';
import { invalidArgument, translateFilter } from '@aiwork/core/adapter-kit';
import type { Parameters } from './parameters.ts';
import { storedJson, storedKey } from './stored-text.ts';

const signs = { $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' } as const;

/** Infinity is beyond every number that JSON has. */
const jsonOf = (value: FilterValue) =>
  typeof value === 'number' && !Number.isFinite(value)
    ? `${value < 0 ? '-' : ''}1e400`
    : storedJson(JSON.stringify(value));

const any = (conditions: readonly string[]) => `(${conditions.join(' OR ') || 'false'})`;

/**
 * Checks a `MemoryFilter` of core and makes a condition of it, in which everything that was given is a parameter.
 *
 * @throws AiworkError `AIWORK_INVALID_ARGUMENT` naming the path of the part that is wrong.
 */
export function filterSql(filter: unknown, parameters: Parameters): string {
  const fieldOf = (field: string) => `metadata -> ${parameters.of(storedKey(field))}::text`;

  return translateFilter<string>(filter, {
    all: (conditions) => conditions.map((one) => `(${one})`).join(' AND ') || 'true',
    any,
    // A document without metadata makes conditions neither true nor false, which has to count as false.
    not: (condition) => `(${condition}) IS NOT TRUE`,

    // Where the metadata contain the value, by itself or in a list: both are looked up in the index.
    oneOf(field, values) {
      const name = storedJson(JSON.stringify(field));
      const contains = (held: string) => `metadata @> ${parameters.of(`{${name}:${held}}`)}::jsonb`;
      return any(values.map(jsonOf).flatMap((json) => [contains(json), contains(`[${json}]`)]));
    },

    // Lists are searched item by item, anything else is a list of one; strict, for lax would search lists in lists.
    compares(field, comparison, operand) {
      const value = fieldOf(field);
      const items = `CASE jsonb_typeof(${value}) WHEN 'array' THEN ${value} ELSE jsonb_build_array(${value}) END`;
      const bound = parameters.of(`{"bound":${jsonOf(operand)}}`);
      return `jsonb_path_exists(${items}, 'strict $[*] ? (@ ${signs[comparison]} $bound)', ${bound}::jsonb)`;
    },

    exists: (field, expected) => `(${fieldOf(field)}) IS ${expected ? 'NOT ' : ''}NULL`,

    checkText(text, where) {
      if (!text.isWellFormed())
        throw invalidArgument(`${where} has an unpaired surrogate: use well-formed strings`);
    },
  });
}
