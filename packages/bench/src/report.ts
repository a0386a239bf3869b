import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MachineFacts, machineFacts } from './machine.ts';

/** One figure. */
export interface Row {
  readonly work: string;
  readonly subject: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
}

/** A figure that the project set itself, and whether this run reached it. */
export interface Target {
  readonly work: string;
  readonly what: string;
  readonly value: number;
  /** At most this, unless `bound` says at least. */
  readonly limit: number;
  readonly bound?: 'at least';
  readonly unit: string;
  readonly reached: boolean;
}

/** What could not be measured, and why. */
export interface Skipped {
  readonly subject: string;
  readonly why: string;
}

/** What a benchmark found out: the content of `results/NAME.json`. */
export interface Report {
  readonly name: string;
  readonly machine: MachineFacts;
  readonly versions: Readonly<Record<string, string>>;
  /** How it was measured, as far as the reader of a figure has to know. */
  readonly notes: readonly string[];
  readonly rows: readonly Row[];
  readonly targets: readonly Target[];
  readonly skipped: readonly Skipped[];
}

export type Findings = Pick<Report, 'rows' | 'targets'> & Partial<Pick<Report, 'notes' | 'skipped'>>;

/** The findings of a benchmark's parts, in their order. */
export function joined(parts: readonly Findings[], notes: readonly string[]): Findings {
  return {
    rows: parts.flatMap(({ rows }) => rows),
    targets: parts.flatMap(({ targets }) => targets),
    skipped: parts.flatMap(({ skipped = [] }) => skipped),
    notes,
  };
}

export function atMost(work: string, what: string, value: number, limit: number, unit = '×'): Target {
  return { work, what, value, limit, unit, reached: value <= limit };
}

export function atLeast(work: string, what: string, value: number, limit: number, unit = '×'): Target {
  return { work, what, value, limit, bound: 'at least', unit, reached: value >= limit };
}

/** The committed results. */
export const resultsFolder = join(import.meta.dirname, '../results');

/** Runs a benchmark and writes what it found to `folder`. */
export async function report(
  name: string,
  versions: Readonly<Record<string, string>>,
  bench: () => Promise<Findings>,
  folder = resultsFolder,
): Promise<Report> {
  const machine = machineFacts();
  const { rows, targets, notes = [], skipped = [] } = await bench();
  const found: Report = { name, machine, versions, notes, rows, targets, skipped };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(found, undefined, 2)}\n`);
  return found;
}
