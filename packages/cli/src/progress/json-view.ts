import process from 'node:process';
import { writeOut } from '../terminal/standard-output.ts';
import type { ProgressView } from './view.ts';

/** One line of JSON for each event on stdout. */
export function jsonView(): ProgressView {
  return {
    event: (event) => writeOut(`${JSON.stringify(event)}\n`),
    note: (text) => process.stderr.write(`${text}\n`),
    end: () => {},
  };
}
