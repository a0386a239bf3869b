import type { Answer } from '../answer/answer.ts';
import type { ChosenAnswer } from '../check/choose-answer.ts';
import type { Passage } from '../document.ts';
import type { ReadResult } from '../read/read-document.ts';
import type { Found } from '../retrieve/find-passages.ts';
import type { Scan } from '../scan/scan-folder.ts';

const descriptions: Readonly<Record<string, (output: never) => string>> = {
  scan: ({ files, skipped }: Scan) =>
    `${count(files.length, 'file')} to read, ${skipped.length.toLocaleString('en')} skipped`,
  read(results: readonly ReadResult[]) {
    const skipped = results.filter((result) => 'skipped' in result).length;
    return `${count(results.length - skipped, 'file')} read${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  },
  split: (passages: readonly Passage[]) => count(passages.length, 'passage'),
  index: ({ passages }: { passages: number }) => `${count(passages, 'passage')} in the memory`,
  retrieve: ({ hits }: Found) =>
    hits.length === 0 ? 'no passage fits' : `${count(hits.length, 'passage')} that fit best`,
  extract: describeAnswer,
  'ask-model': describeAnswer,
  check: ({ checks }: ChosenAnswer) =>
    checks.map(({ name, outcome }) => (outcome === 'passed' ? name : `${name} (${outcome})`)).join(', '),
  result: () => 'put together',
  report: () => 'written',
};

/** What came out of a step, in a few words. */
export function describeStep(stepId: string, output: unknown): string {
  return descriptions[stepId]?.(output as never) ?? 'done';
}

function describeAnswer({ statements, sources }: Answer): string {
  return statements.length === 0
    ? 'no answer'
    : `${count(statements.length, 'sentence')} from ${count(sources.length, 'passage')}`;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}
