import { AiworkError } from '@aiwork/core';

type Metadata = Readonly<Record<string, unknown>>;
export type Operators = Readonly<Record<string, (value: unknown, operand: unknown) => boolean>>;

type Operator = Operators[string];

/** A list fits when one of its items does. */
const anyItem =
  (fits: Operator): Operator =>
  (value, operand) =>
    Array.isArray(value) ? value.some((item) => fits(item, operand)) : fits(value, operand);

const ordered = (compare: (value: never, operand: never) => boolean): Operator =>
  anyItem((value, operand) => typeof value === typeof operand && compare(value as never, operand as never));

const equal = anyItem((value, operand) => value === operand);

export const operators: Operators = {
  $eq: equal,
  $ne: (value, operand) => !equal(value, operand),
  $in: anyItem((value, operand) => (operand as readonly unknown[]).includes(value)),
  $gt: ordered((value, operand) => value > operand),
  $gte: ordered((value, operand) => value >= operand),
  $lt: ordered((value, operand) => value < operand),
  $lte: ordered((value, operand) => value <= operand),
  $exists: (value, operand) => (value !== undefined) === operand,
};

const isScalar = (value: unknown) =>
  value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);

/** Whether an operand is of a type that the operator takes. */
function isOperand(operator: string, operand: unknown): boolean {
  if (operator === '$exists') return typeof operand === 'boolean';
  if (operator === '$in') return Array.isArray(operand) && operand.every(isScalar);
  if (operator === '$eq' || operator === '$ne') return isScalar(operand);
  return typeof operand === 'string' || Number.isFinite(operand);
}

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
      if (!Array.isArray(given) || given.length === 0) refuse('a group of no filters');
      const members = given.map((member) => predicateOf(member, ops));
      return (metadata: Metadata) =>
        name === '$and' ? members.every((fits) => fits(metadata)) : members.some((fits) => fits(metadata));
    }
    if (name.startsWith('$')) refuse('an unknown group');
    const condition = isObject(given) ? given : { $eq: given };
    if (Object.keys(condition).length === 0) refuse('an empty condition');
    for (const [operator, operand] of Object.entries(condition)) {
      if (!(operator in ops)) refuse('an unknown operator');
      if (operator in operators && !isOperand(operator, operand)) refuse('an operand of another type');
    }
    return (metadata: Metadata) => {
      const value = Object.hasOwn(metadata, name) ? metadata[name] : undefined;
      return Object.entries(condition).every(([operator, operand]) => ops[operator]?.(value, operand));
    };
  });
  return (metadata) => parts.every((fits) => fits(metadata));
}

const not = (fits: (metadata: Metadata) => boolean) => (metadata: Metadata) => !fits(metadata);
