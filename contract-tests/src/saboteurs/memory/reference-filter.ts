import { AiworkError } from '@aiwork/core';

type Metadata = Readonly<Record<string, unknown>>;
export type Operators = Readonly<Record<string, (value: unknown, operand: unknown) => boolean>>;

const ordered =
  (compare: (value: never, operand: never) => boolean) =>
  (value: unknown, operand: unknown): boolean =>
    typeof value === typeof operand && compare(value as never, operand as never);

export const operators: Operators = {
  $eq: (value, operand) => value === operand,
  $ne: (value, operand) => value !== operand,
  $in: (value, operand) => (operand as readonly unknown[]).includes(value),
  $gt: ordered((value, operand) => value > operand),
  $gte: ordered((value, operand) => value >= operand),
  $lt: ordered((value, operand) => value < operand),
  $lte: ordered((value, operand) => value <= operand),
  $exists: (value, operand) => (value !== undefined) === operand,
};

const isObject = (value: unknown): value is Metadata => typeof value === 'object' && value !== null;

function refuse(what: string): never {
  throw new AiworkError('AIWORK_INVALID_ARGUMENT', `the filter has ${what}`, { outcome: 'not-applied' });
}

/** A filter as a predicate, made of the given operators. */
export function predicateOf(filter: unknown, ops: Operators): (metadata: Metadata) => boolean {
  if (!isObject(filter)) refuse('no conditions');
  const parts = Object.entries(filter).map(([name, given]) => {
    if (name === '$not') return not(predicateOf(given, ops));
    if (name === '$and' || name === '$or') {
      const members = (given as readonly unknown[]).map((member) => predicateOf(member, ops));
      return (metadata: Metadata) =>
        name === '$and' ? members.every((fits) => fits(metadata)) : members.some((fits) => fits(metadata));
    }
    if (name.startsWith('$')) refuse('an unknown group');
    const condition = isObject(given) ? given : { $eq: given };
    if (Object.keys(condition).length === 0) refuse('an empty condition');
    if (Object.keys(condition).some((operator) => !(operator in ops))) refuse('an unknown operator');
    return (metadata: Metadata) => {
      const value = Object.hasOwn(metadata, name) ? metadata[name] : undefined;
      return Object.entries(condition).every(([operator, operand]) => ops[operator]?.(value, operand));
    };
  });
  return (metadata) => parts.every((fits) => fits(metadata));
}

const not = (fits: (metadata: Metadata) => boolean) => (metadata: Metadata) => !fits(metadata);
