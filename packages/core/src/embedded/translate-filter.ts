import type { FilterValue } from '../adapters/memory.ts';
import { invalidArgument } from './argument-checks.ts';
import { isPlainObject, shown } from './memory-arguments.ts';

/** Operators that compare numbers with numbers and strings, by code units, with strings. @since 0.1.0 */
export type FilterComparison = '$gt' | '$gte' | '$lt' | '$lte';

/**
 * What the conditions of a filter are in the language of a store. All of them speak of one document, and what they mean
 * is said at `FilterCondition`.
 *
 * @since 0.1.0
 */
export interface FilterTranslation<T> {
  /** True where there are none. */
  all(conditions: readonly T[]): T;
  /** False where there are none. */
  any(conditions: readonly T[]): T;
  not(condition: T): T;
  /** The field, or an item of it where it is a list, is one of the values. */
  oneOf(field: string, values: readonly FilterValue[]): T;
  compares(field: string, comparison: FilterComparison, operand: string | number): T;
  exists(field: string, expected: boolean): T;
  /** Refuses a text, of a field's name or a value, that the store cannot look for. Default: looks for any. */
  checkText?(text: string, where: string): void;
}

const maxDepth = 32;
const comparisons = ['$gt', '$gte', '$lt', '$lte'] as const;

type Operator<T> = (field: string, operand: unknown, where: string) => T;

/**
 * Checks a `MemoryFilter` and says it in the language of a store.
 *
 * @throws AiworkError `AIWORK_INVALID_ARGUMENT` naming the path of the part that is wrong.
 * @example
 * ```ts
 * import { translateFilter } from '@aiwork/core/adapter-kit';
 *
 * const inWords = translateFilter<string>({ lang: { $ne: 'en' }, year: { $gte: 2020 } }, {
 *   all: (conditions) => conditions.join(' and '),
 *   any: (conditions) => `(${conditions.join(' or ')})`,
 *   not: (condition) => `not ${condition}`,
 *   oneOf: (field, values) => `${field} in ${JSON.stringify(values)}`,
 *   compares: (field, comparison, operand) => `${field} ${comparison} ${operand}`,
 *   exists: (field, expected) => `${field} is ${expected ? 'there' : 'missing'}`,
 * });
 * console.log(inWords); // not lang in ["en"] and year $gte 2020
 * ```
 * @since 0.1.0
 */
export function translateFilter<T>(filter: unknown, into: FilterTranslation<T>): T {
  function value(given: unknown, where: string): FilterValue {
    if (!isFilterValue(given))
      throw invalidArgument(`${where} is ${shown(given)}: use a string, number, boolean or null`);
    if (typeof given === 'string') into.checkText?.(given, where);
    return given;
  }

  function values(given: unknown, where: string): readonly FilterValue[] {
    if (!Array.isArray(given)) throw invalidArgument(`${where} is ${shown(given)}: use an array of values`);
    return given.map((item, i) => value(item, `${where}[${i}]`));
  }

  function compares(comparison: FilterComparison): Operator<T> {
    return (field, operand, where) => {
      if (typeof operand !== 'string' && (typeof operand !== 'number' || Number.isNaN(operand)))
        throw invalidArgument(`${where} is ${shown(operand)}: use a number or a string`);
      value(operand, where);
      return into.compares(field, comparison, operand);
    };
  }

  const operators = new Map<string, Operator<T>>([
    ['$eq', (field, operand, where) => into.oneOf(field, [value(operand, where)])],
    ['$ne', (field, operand, where) => into.not(into.oneOf(field, [value(operand, where)]))],
    ['$in', (field, operand, where) => into.oneOf(field, values(operand, where))],
    ...comparisons.map((comparison) => [comparison, compares(comparison)] as const),
    [
      '$exists',
      (field, operand, where) => {
        if (typeof operand === 'boolean') return into.exists(field, operand);
        throw invalidArgument(`${where} is ${shown(operand)}: use true or false`);
      },
    ],
  ]);
  const names = () => [...operators.keys()].join(', ');

  function together(conditions: readonly T[]): T {
    const [first, ...others] = conditions;
    return first !== undefined && others.length === 0 ? first : into.all(conditions);
  }

  function condition(field: string, given: unknown, where: string): T {
    into.checkText?.(field, where);
    if (isFilterValue(given)) return into.oneOf(field, [value(given, where)]);
    if (!isPlainObject(given) || Object.keys(given).length === 0) {
      throw invalidArgument(
        `${where} is ${shown(given)}: use a value to be equal to, or an object with at least one of ${names()}`,
      );
    }
    return together(
      Object.entries(given).map(([name, operand]) => {
        const operator = operators.get(name);
        if (operator) return operator(field, operand, `${where}.${name}`);
        throw invalidArgument(`${where} has the unknown operator ${shown(name)}: use ${names()}`);
      }),
    );
  }

  function group(given: unknown, where: string, depth: number): readonly T[] {
    if (Array.isArray(given) && given.length > 0)
      return given.map((filter, i) => whole(filter, `${where}[${i}]`, depth + 1));
    throw invalidArgument(`${where} is ${shown(given)}: use an array of at least one filter`);
  }

  function member(name: string, given: unknown, where: string, depth: number): T {
    if (name === '$and') return together(group(given, where, depth));
    if (name === '$or') return into.any(group(given, where, depth));
    if (name === '$not') return into.not(whole(given, where, depth + 1));
    if (!name.startsWith('$')) return condition(name, given, where);
    throw invalidArgument(
      `${where} is not a field: use $and, $or or $not here, and operators such as $eq inside a field's condition`,
    );
  }

  function whole(given: unknown, where: string, depth: number): T {
    if (depth > maxDepth)
      throw invalidArgument(`${where} is nested deeper than ${maxDepth} levels: flatten it`);
    if (!isPlainObject(given))
      throw invalidArgument(`${where} is ${shown(given)}: use an object of conditions`);
    return together(
      Object.entries(given).map(([name, of]) => member(name, of, `${where}.${name.slice(0, 80)}`, depth)),
    );
  }

  return whole(filter, 'filter', 0);
}

function isFilterValue(value: unknown): value is FilterValue {
  if (typeof value === 'number') return !Number.isNaN(value);
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}
