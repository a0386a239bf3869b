import { type Duration, toMilliseconds } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';

/** A whole number of at least `least`. */
export function wholeOption(value: number, what: string, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw invalidArgument(`${what} is ${value}: give a whole number of ${least} or more`);
}

/** A share from 0 to 1. */
export function shareOption(value: number, what: string): number {
  if (value >= 0 && value <= 1) return value;
  throw invalidArgument(`${what} is ${value}: give a number from 0 to 1`);
}

/** A length of time that is not 0, in milliseconds. */
export function timeOption(value: Duration, what: string): number {
  const ms = toMilliseconds(value, what);
  if (ms > 0) return ms;
  throw invalidArgument(`${what} is ${JSON.stringify(value)}: give a time longer than 0`);
}
