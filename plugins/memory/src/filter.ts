import { type FilterTranslation, translateFilter } from '@aiwork/core/adapter-kit';
import type { Metadata } from './metadata.ts';

type Fits = (metadata: Metadata | undefined) => boolean;

const comparisons = {
  $gt: (value: string | number, operand: string | number) => value > operand,
  $gte: (value: string | number, operand: string | number) => value >= operand,
  $lt: (value: string | number, operand: string | number) => value < operand,
  $lte: (value: string | number, operand: string | number) => value <= operand,
};

const fieldOf = (metadata: Metadata | undefined, field: string): unknown =>
  metadata !== undefined && Object.hasOwn(metadata, field) ? metadata[field] : undefined;

/** A field that holds a list fits when one of its items does. */
function anyItem(field: string, fits: (value: unknown) => boolean): Fits {
  return (metadata) => {
    const value = fieldOf(metadata, field);
    return Array.isArray(value) ? value.some(fits) : fits(value);
  };
}

const predicates: FilterTranslation<Fits> = {
  all: (conditions) => (metadata) => conditions.every((fits) => fits(metadata)),
  any: (conditions) => (metadata) => conditions.some((fits) => fits(metadata)),
  not: (fits) => (metadata) => !fits(metadata),
  oneOf(field, values) {
    const [only] = values;
    if (values.length === 1) return anyItem(field, (value) => value === only);
    const wanted = new Set<unknown>(values);
    return anyItem(field, (value) => wanted.has(value));
  },
  compares(field, comparison, operand) {
    const compare = comparisons[comparison];
    return anyItem(
      field,
      (value) => typeof value === typeof operand && compare(value as typeof operand, operand),
    );
  },
  exists: (field, expected) => (metadata) => (fieldOf(metadata, field) !== undefined) === expected,
};

/**
 * Checks a `MemoryFilter` of core and makes a predicate of it.
 *
 * @throws AiworkError `AIWORK_INVALID_ARGUMENT` naming the path of the part that is wrong.
 */
export function compileFilter(filter: unknown): Fits {
  return translateFilter(filter, predicates);
}
