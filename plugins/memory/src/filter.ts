import { invalidArgument, isPlainObject, shown } from '@aiwork/core/adapter-kit';
import type { Metadata } from './metadata.ts';

type Predicate<T> = (value: T) => boolean;
type Field = Predicate<unknown>;

const maxDepth = 32;

function isFilterValue(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isNaN(value);
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}

function checkFilterValue(value: unknown, where: string): void {
  if (isFilterValue(value)) return;
  throw invalidArgument(`${where} is ${shown(value)}: use a string, number, boolean or null`);
}

/** A field that holds a list fits when one of its items does. */
function anyItem(fits: Field): Field {
  return (value) => (Array.isArray(value) ? value.some(fits) : fits(value));
}

function equals(operand: unknown, where: string): Field {
  checkFilterValue(operand, where);
  return anyItem((value) => value === operand);
}

function oneOf(operand: unknown, where: string): Field {
  if (!Array.isArray(operand)) throw invalidArgument(`${where} is ${shown(operand)}: use an array of values`);
  operand.forEach((item, i) => {
    checkFilterValue(item, `${where}[${i}]`);
  });
  const values = new Set<unknown>(operand);
  return anyItem((value) => values.has(value));
}

/** Numbers compare with numbers and strings with strings (by code units); anything else never fits. */
function ordered(compare: (value: string | number, operand: string | number) => boolean) {
  return (operand: unknown, where: string): Field => {
    if (typeof operand !== 'string' && (typeof operand !== 'number' || Number.isNaN(operand))) {
      throw invalidArgument(`${where} is ${shown(operand)}: use a number or a string`);
    }
    return anyItem((value) => typeof value === typeof operand && compare(value as string | number, operand));
  };
}

function exists(operand: unknown, where: string): Field {
  if (typeof operand !== 'boolean') throw invalidArgument(`${where} is ${shown(operand)}: use true or false`);
  return (value) => (value !== undefined) === operand;
}

const operators = new Map<string, (operand: unknown, where: string) => Field>([
  ['$eq', equals],
  [
    '$ne',
    (operand, where) => {
      const fits = equals(operand, where);
      return (value) => !fits(value);
    },
  ],
  ['$in', oneOf],
  ['$gt', ordered((value, operand) => value > operand)],
  ['$gte', ordered((value, operand) => value >= operand)],
  ['$lt', ordered((value, operand) => value < operand)],
  ['$lte', ordered((value, operand) => value <= operand)],
  ['$exists', exists],
]);

function every<T>(predicates: readonly Predicate<T>[]): Predicate<T> {
  return (value) => predicates.every((fits) => fits(value));
}

function condition(given: unknown, where: string): Field {
  if (isFilterValue(given)) return equals(given, where);
  if (!isPlainObject(given) || Object.keys(given).length === 0) {
    throw invalidArgument(
      `${where} is ${shown(given)}: use a value to be equal to, or an object with at least one of ${[...operators.keys()].join(', ')}`,
    );
  }
  return every(
    Object.entries(given).map(([name, operand]) => {
      const operator = operators.get(name);
      if (operator !== undefined) return operator(operand, `${where}.${name}`);
      throw invalidArgument(
        `${where} has the unknown operator ${shown(name)}: use ${[...operators.keys()].join(', ')}`,
      );
    }),
  );
}

function group(given: unknown, where: string, depth: number): Predicate<Metadata | undefined>[] {
  if (!Array.isArray(given) || given.length === 0) {
    throw invalidArgument(`${where} is ${shown(given)}: use an array of at least one filter`);
  }
  return given.map((filter, i) => compile(filter, `${where}[${i}]`, depth + 1));
}

function member(
  [name, given]: [string, unknown],
  where: string,
  depth: number,
): Predicate<Metadata | undefined> {
  if (name === '$and') return every(group(given, where, depth));
  if (name === '$or') {
    const alternatives = group(given, where, depth);
    return (metadata) => alternatives.some((fits) => fits(metadata));
  }
  if (name === '$not') {
    const fits = compile(given, where, depth + 1);
    return (metadata) => !fits(metadata);
  }
  if (name.startsWith('$')) {
    throw invalidArgument(
      `${where} is not a field: use $and, $or or $not here, and operators such as $eq inside a field's condition`,
    );
  }
  const fits = condition(given, where);
  return (metadata) =>
    fits(metadata !== undefined && Object.hasOwn(metadata, name) ? metadata[name] : undefined);
}

function compile(filter: unknown, where: string, depth: number): Predicate<Metadata | undefined> {
  if (depth > maxDepth)
    throw invalidArgument(`${where} is nested deeper than ${maxDepth} levels: flatten it`);
  if (!isPlainObject(filter))
    throw invalidArgument(`${where} is ${shown(filter)}: use an object of conditions`);
  return every(
    Object.entries(filter).map((entry) => member(entry, `${where}.${entry[0].slice(0, 80)}`, depth)),
  );
}

/**
 * Checks a `MemoryFilter` of core and makes a predicate of it.
 *
 * @throws AiworkError `AIWORK_INVALID_ARGUMENT` naming the path of the part that is wrong.
 */
export function compileFilter(filter: unknown): Predicate<Metadata | undefined> {
  return compile(filter, 'filter', 0);
}
