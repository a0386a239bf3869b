import { sentencesOf } from '../retrieve/sentences.ts';
import type { Statement } from './answer.ts';

const mark = /\[\d{1,3}(?:\s*,\s*\d{1,3})*\]/g;

/** An answer as a text: a line for each statement, with its citations before the final dot. */
export function toCitedText(statements: readonly Statement[]): string {
  return statements
    .map(({ text, cites }) => {
      const marks = cites.map((number) => `[${number}]`).join('');
      if (marks === '') return text;
      const end = /[.!?…]+$/.exec(text)?.[0] ?? '';
      return `${text.slice(0, text.length - end.length)} ${marks}${end}`;
    })
    .join('\n');
}

/** What {@link toCitedText} wrote, read back. A line is a statement, whatever it holds. */
export function parseCitedLines(text: string): Statement[] {
  return text.split('\n').map((line) => {
    const [, before, marks, end] = /^(.*) ((?:\[\d{1,3}\])+)([.!?…]*)$/.exec(line) ?? [];
    if (before === undefined || marks === undefined) return { text: line, cites: [] };
    return { text: `${before}${end ?? ''}`, cites: numbersIn(marks) };
  });
}

const numbersIn = (marks: string): number[] => [...new Set((marks.match(/\d+/g) ?? []).map(Number))];

/** The statements of what a model wrote, wherever in or behind a sentence it puts its citations. */
export function parseCitedText(text: string): Statement[] {
  const inside = text.replace(
    /([.!?…]+)(["”’)]*)\s*((?:\[\d{1,3}(?:\s*,\s*\d{1,3})*\]\s*)+)/g,
    (_, end: string, quote: string, marks: string) => `${quote} ${marks.trim()}${end} `,
  );
  return inside
    .split('\n')
    .map((line) => line.replace(/^\s*(?:[-*•]|\d+[.)])\s+/, ''))
    .flatMap((line) => sentencesOf({ kind: 'prose', text: line, headings: [] }))
    .map(({ text: sentence }) => ({
      text: sentence
        .replace(mark, '')
        .replace(/\s+/g, ' ')
        .replace(/\s+([.,;:!?…])/g, '$1')
        .trim(),
      cites: numbersIn((sentence.match(mark) ?? []).join()),
    }))
    .filter((statement) => /[\p{L}\p{N}]/u.test(statement.text));
}
