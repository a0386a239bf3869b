import { inspect } from 'node:util';
import type { Logger } from '../logger.ts';
import { toRunError } from '../run-error.ts';

/** Longer values are cut, so that a warning stays a line. In characters. */
const longestValue = 300;

/** Plugins speak to the operator through process warnings, which can be silenced and never mix with output. */
export function pluginLog(name: string): Logger {
  const warn = (message: string, data?: object) =>
    process.emitWarning(`${name}: ${message}${factsOf(data)}`, 'AiworkWarning');
  return { debug: () => {}, info: () => {}, warn, error: warn };
}

function factsOf(data: object | undefined): string {
  const facts = Object.entries(data ?? {}).map(([key, value]) => `${key}: ${textOf(value)}`);
  return facts.length === 0 ? '' : ` (${facts.join(', ')})`;
}

function textOf(value: unknown): string {
  const text =
    value instanceof Error
      ? toRunError(value).message
      : typeof value === 'string'
        ? value
        : inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > longestValue ? `${line.slice(0, longestValue)}…` : line;
}
