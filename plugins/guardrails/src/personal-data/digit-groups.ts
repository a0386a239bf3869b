import type { Finding } from '../finding/detector.ts';

/** Digits that stand together. */
export interface DigitGroup extends Finding {
  readonly digits: string;
}

/** What people put between the groups of a number, one at a time. */
const separators = ' -.\u00a0\u2009\u2010\u2011\u202f';

/** Told much faster than by groups: whether so many digits stand in a text with nothing but single separators between them. */
export function hasDigits(count: number): (text: string, from: number) => boolean {
  const digits = new RegExp(`[0-9](?:[${separators.replace('-', '\\-')}]?[0-9]){${count - 1}}`, 'g');
  return (text, from) => {
    digits.lastIndex = from;
    return digits.test(text);
  };
}

const isWord = /[\p{L}\p{N}_]/u;

/** Whether nothing, or one separator, is between `end` and the end of the text. */
export const mayGoOn = (text: string, end: number): boolean =>
  end === text.length || (end === text.length - 1 && separators.includes(text[end] ?? ''));

/** Groups of digits that nothing but single separators is between; those that letters touch are left out. */
export function* digitGroups(text: string, from: number): Generator<readonly DigitGroup[]> {
  let groups: DigitGroup[] = [];
  const digitRuns = /[0-9]+/g;
  digitRuns.lastIndex = from;
  for (const { index: start, 0: digits } of text.matchAll(digitRuns)) {
    const end = start + digits.length;
    const last = groups.at(-1);
    const follows = last && start - last.end === 1 && separators.includes(text[last.end] ?? '');
    if (!follows && groups.length > 0) {
      yield groups;
      groups = [];
    }
    if (isWord.test(text[start - 1] ?? '') || isWord.test(text[end] ?? '')) {
      if (groups.length > 0) yield groups;
      groups = [];
      continue;
    }
    groups.push({ start, end, digits });
  }
  if (groups.length > 0) yield groups;
}
