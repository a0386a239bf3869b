import { countrySpecs, isValidIBAN } from 'ibantools';
import type { Detector, Finding } from '../finding/detector.ts';

/** Two letters, two digits, and what follows up to the longest there is, in groups or not. */
const candidate = String.raw`(?<![\p{L}\p{N}_])[A-Z]{2}\d{2}(?:[ \u00a0\u202f-]?[A-Z0-9]){11,30}`;
/** 34 letters and digits, and a separator between each two and behind the last. */
const longest = 34 + 34;
/** What may become a candidate at the end of a text. */
const begun =
  /(?<![\p{L}\p{N}_])[A-Z](?:[A-Z](?:\d(?:\d(?:[ \u00a0\u202f-]?[A-Z0-9]){0,30}[ \u00a0\u202f-]?)?)?)?$/iu;
const separators = /[ \u00a0\u202f-]/g;
const continued = /^[\p{L}\p{N}_]/u;

/**
 * International bank account numbers (IBAN, ISO 13616), in groups or not, that have the length and form of their country
 * and the right check digits.
 *
 * @example
 * ```ts
 * import { bankAccounts } from '@aiwork/guardrails';
 *
 * console.log([...bankAccounts.find('Pay to DE89 3704 0044 0532 0130 00 today')]); // [ { start: 7, end: 34 } ]
 * ```
 * @since 0.1.0
 */
export const bankAccounts: Detector = Object.freeze({
  kind: 'bank account',
  *find(text: string, from = 0): Generator<Finding> {
    const candidates = new RegExp(candidate, 'giu');
    candidates.lastIndex = from;
    for (let match = candidates.exec(text); match; match = candidates.exec(text)) {
      const { index: start } = match;
      const length = accountAt(match[0], text.slice(start + match[0].length, start + match[0].length + 2));
      if (length !== undefined) yield { start, end: start + length };
      // Another may begin in what was looked at.
      candidates.lastIndex = start + 1;
    }
  },
  streaming: Object.freeze({
    windowChars: longest,
    openAt(text: string, from: number) {
      // What is before it decides whether it is the beginning of a word.
      const tail = Math.max(0, text.length - longest - 2);
      const at = begun.exec(text.slice(tail))?.index;
      return at === undefined ? text.length : Math.max(from, tail + at);
    },
  }),
});

/** How much of `found` is an account: words may follow it in the same form. */
function accountAt(found: string, rest: string): number | undefined {
  const digits = countrySpecs[found.slice(0, 2).toUpperCase()]?.chars ?? undefined;
  const end = digits === undefined ? undefined : endOf(found, digits);
  if (end === undefined || continued.test(found.slice(end) + rest)) return undefined;
  return isValidIBAN(found.slice(0, end).replaceAll(separators, '').toUpperCase()) ? end : undefined;
}

/** Where the first so many letters and digits end. */
function endOf(found: string, count: number): number | undefined {
  let left = count;
  for (const { index, 0: char } of found.matchAll(/[A-Z0-9]/gi)) {
    left -= 1;
    if (left === 0) return index + char.length;
  }
  return undefined;
}
