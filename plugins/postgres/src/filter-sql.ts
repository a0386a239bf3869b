import { invalidArgument, isPlainObject, shown } from '@aiwork/core/adapter-kit';
import type { Parameters } from './parameters.ts';
import { storedJson, storedKey } from './stored-text.ts';

type Condition = (field: string, operand: unknown, where: string, parameters: Parameters) => string;

const maxDepth = 32;
const comparisons = { $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' } as const;

function isFilterValue(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isNaN(value);
  if (typeof value === 'string') return value.isWellFormed();
  return value === null || typeof value === 'boolean';
}

function checkFilterValue(value: unknown, where: string): void {
  if (isFilterValue(value)) return;
  throw invalidArgument(`${where} is ${shown(value)}: use a well-formed string, a number, boolean or null`);
}

/** Infinity is beyond every number that JSON has. */
const jsonOf = (value: unknown) =>
  typeof value === 'number' && !Number.isFinite(value)
    ? `${value < 0 ? '-' : ''}1e400`
    : storedJson(JSON.stringify(value));

/** A field equals a value where the metadata contain it, by itself or in a list: both are looked up in the index. */
function equals(field: string, value: unknown, parameters: Parameters): string {
  const name = storedJson(JSON.stringify(field));
  const json = jsonOf(value);
  const contains = (held: string) => `metadata @> ${parameters.of(`{${name}:${held}}`)}::jsonb`;
  return `(${contains(json)} OR ${contains(`[${json}]`)})`;
}

/** Lists are searched item by item, anything else is a list of one; strict, for lax would search lists in lists. */
const ordered =
  (comparison: string): Condition =>
  (field, operand, where, parameters) => {
    if ((typeof operand !== 'string' && typeof operand !== 'number') || !isFilterValue(operand))
      throw invalidArgument(`${where} is ${shown(operand)}: use a number or a well-formed string`);
    const value = `metadata -> ${parameters.of(storedKey(field))}::text`;
    const items = `CASE jsonb_typeof(${value}) WHEN 'array' THEN ${value} ELSE jsonb_build_array(${value}) END`;
    const bound = parameters.of(`{"bound":${jsonOf(operand)}}`);
    return `jsonb_path_exists(${items}, 'strict $[*] ? (@ ${comparison} $bound)', ${bound}::jsonb)`;
  };

const operators = new Map<string, Condition>([
  [
    '$eq',
    (field, operand, where, parameters) => {
      checkFilterValue(operand, where);
      return equals(field, operand, parameters);
    },
  ],
  [
    '$ne',
    (field, operand, where, parameters) => {
      checkFilterValue(operand, where);
      return not(equals(field, operand, parameters));
    },
  ],
  [
    '$in',
    (field, operand, where, parameters) => {
      if (!Array.isArray(operand))
        throw invalidArgument(`${where} is ${shown(operand)}: use an array of values`);
      operand.forEach((value, i) => {
        checkFilterValue(value, `${where}[${i}]`);
      });
      return any(operand.map((value) => equals(field, value, parameters)));
    },
  ],
  ...Object.entries(comparisons).map(([name, sign]) => [name, ordered(sign)] as const),
  [
    '$exists',
    (field, operand, where, parameters) => {
      if (typeof operand !== 'boolean')
        throw invalidArgument(`${where} is ${shown(operand)}: use true or false`);
      const value = `(metadata -> ${parameters.of(storedKey(field))}::text)`;
      return `${value} IS ${operand ? 'NOT ' : ''}NULL`;
    },
  ],
]);

const names = [...operators.keys()].join(', ');
const all = (conditions: readonly string[]) => conditions.map((one) => `(${one})`).join(' AND ') || 'true';
const any = (conditions: readonly string[]) => `(${conditions.join(' OR ') || 'false'})`;
/** A document without metadata makes conditions neither true nor false, which has to count as false. */
const not = (condition: string) => `(${condition}) IS NOT TRUE`;

function fieldSql(field: string, given: unknown, where: string, parameters: Parameters): string {
  if (!field.isWellFormed())
    throw invalidArgument(`${where} has an unpaired surrogate in its name: use a well-formed string`);
  if (isFilterValue(given)) return equals(field, given, parameters);
  if (!isPlainObject(given) || Object.keys(given).length === 0)
    throw invalidArgument(
      `${where} is ${shown(given)}: use a value to be equal to, or an object with at least one of ${names}`,
    );
  const conditions = Object.entries(given).map(([name, operand]) => {
    const operator = operators.get(name);
    if (operator) return operator(field, operand, `${where}.${name}`, parameters);
    throw invalidArgument(`${where} has the unknown operator ${shown(name)}: use ${names}`);
  });
  return all(conditions);
}

function groupSql(given: unknown, where: string, depth: number, parameters: Parameters): readonly string[] {
  if (!Array.isArray(given) || given.length === 0)
    throw invalidArgument(`${where} is ${shown(given)}: use an array of at least one filter`);
  return given.map((filter, i) => compile(filter, `${where}[${i}]`, depth + 1, parameters));
}

function memberSql(
  [name, given]: readonly [string, unknown],
  where: string,
  depth: number,
  parameters: Parameters,
): string {
  if (name === '$and') return all(groupSql(given, where, depth, parameters));
  if (name === '$or') return any(groupSql(given, where, depth, parameters));
  if (name === '$not') return not(compile(given, where, depth + 1, parameters));
  if (name.startsWith('$'))
    throw invalidArgument(
      `${where} is not a field: use $and, $or or $not here, and operators such as $eq inside a field's condition`,
    );
  return fieldSql(name, given, where, parameters);
}

function compile(filter: unknown, where: string, depth: number, parameters: Parameters): string {
  if (depth > maxDepth)
    throw invalidArgument(`${where} is nested deeper than ${maxDepth} levels: flatten it`);
  if (!isPlainObject(filter))
    throw invalidArgument(`${where} is ${shown(filter)}: use an object of conditions`);
  return all(
    Object.entries(filter).map((entry) =>
      memberSql(entry, `${where}.${entry[0].slice(0, 80)}`, depth, parameters),
    ),
  );
}

/**
 * Checks a `MemoryFilter` of core and makes a condition of it, in which everything that was given is a parameter.
 *
 * @throws AiworkError `AIWORK_INVALID_ARGUMENT` naming the path of the part that is wrong.
 */
export function filterSql(filter: unknown, parameters: Parameters): string {
  return compile(filter, 'filter', 0, parameters);
}
