import { invalidArgument } from '@aiwork/core/adapter-kit';

/**
 * An option that says how many there may be, or `standard` where it is not given.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` naming it when it is no whole number of at least `least`.
 */
export function countOption(
  value: number | undefined,
  { name, standard, least = 1 }: { readonly name: string; readonly standard: number; readonly least?: 0 | 1 },
): number {
  if (value === undefined) return standard;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw invalidArgument(`${name} is ${value}: give a whole number of at least ${least}`);
}
