import process from 'node:process';
import { type Duration, toMilliseconds } from '@aiwork/core';
import { InvalidArgumentError, Option } from 'commander';

export function stateOption(description: string): Option {
  return optionOrVariable('-s, --state <file>', description, 'AIWORK_STATE');
}

export function serverOption(): Option {
  return new Option('--server <url>', 'work with the server at this URL, as aiwork serve starts one');
}

export function tokenOption(): Option {
  return new Option(
    '--token-env <name>',
    'the environment variable that holds a key or token for the server (default: AIWORK_TOKEN)',
  );
}

/** An option that an environment variable can give as well; an empty one is one that is not set. */
export function optionOrVariable(flags: string, description: string, variable: string): Option {
  const option = new Option(flags, description);
  return process.env[variable] === '' ? option : option.env(variable);
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

export function portNumber(given: string): number {
  const port = Number(given);
  if (/^\d+$/.test(given) && port <= 65_535) return port;
  throw new InvalidArgumentError('Give a port from 1 to 65535, or 0 for one that is free.');
}

/** @see toMilliseconds */
export function duration(given: string): number {
  try {
    return toMilliseconds(given as Duration);
  } catch {
    throw new InvalidArgumentError('Give a time such as 250ms, 30s, 5m, 2h or 7d.');
  }
}

/** `600/1m`: how many, and in which time. */
export function rate(given: string): { readonly max: number; readonly windowMs: number } {
  const [, count = '', time = ''] = /^(\d+)\/(.+)$/.exec(given) ?? [];
  if (Number(count) < 1) throw new InvalidArgumentError('Give a number and a time, as in 600/1m.');
  return { max: Number(count), windowMs: duration(time) };
}

export function pageSize(given: string): number {
  const size = Number(given);
  if (Number.isInteger(size) && size >= 1 && size <= 1000) return size;
  throw new InvalidArgumentError('Give a whole number from 1 to 1000.');
}
