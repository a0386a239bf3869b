import { AiworkError } from '@aiwork/core';

/** @throws `AIWORK_INVALID_ARGUMENT` when an option of a strategy is not a whole number in its range. */
export function checkWholeNumbers(
  strategy: string,
  options: Readonly<Record<string, number>>,
  { min, max = 64 }: { readonly min: number; readonly max?: number },
): void {
  for (const [name, value] of Object.entries(options)) {
    if (Number.isInteger(value) && value >= min && value <= max) continue;
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      `${name} of ${strategy} is ${value}: give a whole number from ${min} to ${max}`,
    );
  }
}

/** @throws `AIWORK_INVALID_ARGUMENT` when a share is not between 0 and 1. */
export function checkShares(strategy: string, options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value >= 0 && value <= 1) continue;
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      `${name} of ${strategy} is ${value}: give a number from 0 to 1`,
    );
  }
}
