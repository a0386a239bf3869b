import { inspect } from 'node:util';
import { writeOut } from './terminal/standard-output.ts';

/** Writes a result to stdout: a text as it is, data as JSON, nothing for nothing. */
export function printValue(value: unknown): void {
  if (value === undefined) return;
  writeOut(`${typeof value === 'string' ? value : toText(value)}\n`);
}

/** Data as JSON, or as Node shows it where JSON has no words for it. */
export function toText(value: unknown): string {
  try {
    return JSON.stringify(value, undefined, 2) ?? String(value);
  } catch {
    return inspect(value, { depth: 8 });
  }
}
