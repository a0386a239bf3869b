import process from 'node:process';
import { InvalidArgumentError, Option } from 'commander';

export function stateOption(description: string): Option {
  const option = new Option('-s, --state <file>', description);
  // An empty variable is one that is not set.
  return process.env['AIWORK_STATE'] === '' ? option : option.env('AIWORK_STATE');
}

/** Of an option that may be given several times, all values. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

export function wholeNumber(given: string): number {
  const number = Number(given);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('Give a whole number of 1 or more.');
}

export function pageSize(given: string): number {
  const size = Number(given);
  if (Number.isInteger(size) && size >= 1 && size <= 1000) return size;
  throw new InvalidArgumentError('Give a whole number from 1 to 1000.');
}
