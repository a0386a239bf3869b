import { type ParseArgsConfig, parseArgs } from 'node:util';
import { noSuch, usageError } from './usage-error.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** What a command line says, by the options of its command. @throws `AIWORK_USAGE`. */
export function parseArguments<const O extends Options>(args: readonly string[], options: O) {
  const line = { args: [...args], options, allowPositionals: true } as const;
  const { tokens } = parseArgs({ ...line, strict: false, tokens: true });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = options[token.name];
    if (!option) {
      const known = Object.keys(options).map((name) => `--${name}`);
      throw noSuch('option', token.rawName, known);
    }
    if (!option.multiple && seen.has(token.name)) {
      throw usageError(`${token.rawName} is given twice: give it once`);
    }
    seen.add(token.name);
  }
  try {
    return parseArgs({ ...line, strict: true });
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error));
  }
}

/** A whole number of at least `least`. @throws `AIWORK_USAGE`. */
export function wholeNumber(what: string, text: string, least: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw usageError(`${what} is ${JSON.stringify(text)}: give a whole number of at least ${least}`);
}
