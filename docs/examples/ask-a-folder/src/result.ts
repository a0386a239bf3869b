import type { Answer } from './answer/answer.ts';
import type { CheckResult } from './check/check-answer.ts';
import type { ChosenAnswer } from './check/choose-answer.ts';
import type { Passage, Skipped } from './document.ts';
import type { ReadResult } from './read/read-document.ts';
import type { Found, Hit } from './retrieve/find-passages.ts';
import type { Scan } from './scan/scan-folder.ts';

/** All that the report and the terminal show. */
export interface Result {
  readonly title: string;
  readonly question: string;
  readonly answer: Answer;
  readonly note?: string;
  readonly checks: readonly CheckResult[];
  /** Passages that fit and are not cited, best first. */
  readonly alsoFound: readonly Hit[];
  /** Words of the question that no file holds. */
  readonly unknownWords: readonly string[];
  readonly files: number;
  readonly passages: number;
  readonly skipped: readonly Skipped[];
  /** Files that were read with a reservation. */
  readonly notes: readonly { readonly path: string; readonly note: string }[];
}

export interface Parts {
  readonly input: { readonly title: string; readonly question: string };
  readonly scan: Scan;
  readonly read: readonly ReadResult[];
  readonly split: readonly Passage[];
  readonly retrieve: Found;
  readonly check: ChosenAnswer;
}

export function resultOf({ input, scan, read, split, retrieve, check }: Parts): Result {
  const documents = read.flatMap((result) => ('document' in result ? [result.document] : []));
  const unread = read.flatMap((result) => ('skipped' in result ? [result.skipped] : []));
  const cited = new Set(check.answer.sources.map(({ passage }) => keyOf(passage)));
  return {
    title: input.title,
    question: input.question,
    answer: check.answer,
    ...(check.note !== undefined && { note: check.note }),
    checks: check.checks,
    alsoFound: retrieve.hits.filter(({ passage }) => !cited.has(keyOf(passage))),
    unknownWords: retrieve.terms.filter(({ passages }) => passages === 0).map(({ asked }) => asked),
    files: documents.length,
    passages: split.length,
    skipped: [...scan.skipped, ...unread],
    notes: documents.flatMap(({ path, note }) => (note === undefined ? [] : [{ path, note }])),
  };
}

/** Outputs of steps are copies, so passages are known by where they stand. */
function keyOf({ path, blocks }: Passage): string {
  return JSON.stringify([path, blocks[0]?.line, blocks[0]?.page, blocks[0]?.text]);
}
