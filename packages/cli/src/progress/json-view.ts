import process from 'node:process';
import { writeOut } from '../terminal/standard-output.ts';
import { toJson } from '../to-json.ts';
import type { ProgressView } from './view.ts';

/** One line of JSON for each event on stdout. */
export function jsonView(): ProgressView {
  return {
    event: (event) => writeOut(`${toJson(event)}\n`),
    note: (text) => process.stderr.write(`${text}\n`),
    end: () => {},
  };
}
