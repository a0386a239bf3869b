import type { Detector, Finding } from '../finding/detector.ts';
import { type DigitGroup, digitGroups, hasDigits, mayGoOn } from './digit-groups.ts';

/** First digits of the numbers of a scheme, and how many there are of them: as the schemes publish them. */
const schemes: readonly (readonly [prefix: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:6011|64[4-9]|65)/, [16, 17, 18, 19]],
  [/^3(?:0[0-5]|095|[689])/, [14, 15, 16, 17, 18, 19]],
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]],
  [/^62/, [16, 17, 18, 19]],
  [/^(?:50|5[6-8]|67)/, [16, 17, 18, 19]],
];
const longest = 19;
const shortest = 13;
const mayBeIn = hasDigits(shortest);

/**
 * Numbers of payment cards, in groups or not: those with the first digits and the length of a card scheme, and the right
 * check digit. Of numbers made up of digits by chance, one in about ten that begin like a card's is taken for one.
 *
 * @example
 * ```ts
 * import { paymentCards } from '@aiwork/guardrails';
 *
 * console.log([...paymentCards.find('Card 4111 1111 1111 1111, 12/27')]); // [ { start: 5, end: 24 } ]
 * ```
 * @since 0.1.0
 */
export const paymentCards: Detector = Object.freeze({
  kind: 'card number',
  *find(text: string, from = 0): Generator<Finding> {
    if (!mayBeIn(text, from)) return;
    for (const groups of digitGroups(text, from)) {
      // Most numbers of a text are shorter than any of a card, together with what is beside them.
      if ((groups.at(-1)?.end ?? 0) - (groups[0]?.start ?? 0) < shortest) continue;
      const digits = groups.map((group) => group.digits).join('');
      let before = 0;
      for (const [first, group] of groups.entries()) {
        const last = lastOfCard(groups, first, digits.slice(before, before + longest));
        if (last !== undefined) yield { start: group.start, end: groups[last]?.end ?? group.end };
        before += group.digits.length;
      }
    }
  },
  streaming: Object.freeze({
    // With a separator after each digit.
    windowChars: 2 * longest,
    openAt(text: string, from: number) {
      const groups = [...digitGroups(text, from)].at(-1) ?? [];
      let open = text.length;
      if (!mayGoOn(text, groups.at(-1)?.end ?? 0)) return open;
      let length = 0;
      for (const { start, digits } of groups.toReversed()) {
        length += digits.length;
        if (length > longest) break;
        open = start;
      }
      return open;
    },
  }),
});

/** The last group of the longest card number that begins with group `first`, and has no digits but these. */
function lastOfCard(groups: readonly DigitGroup[], first: number, digits: string): number | undefined {
  const scheme = schemes.find(([prefix]) => prefix.test(digits));
  if (!scheme) return undefined;
  let length = 0;
  let found: number | undefined;
  for (let last = first; last < groups.length; last += 1) {
    length += groups[last]?.digits.length ?? 0;
    if (length > longest) break;
    if (scheme[1].includes(length) && hasCheckDigit(digits, length)) found = last;
  }
  return found;
}

/** H. P. Luhn, US patent 2,950,048; ISO/IEC 7812-1, annex B. */
function hasCheckDigit(digits: string, length: number): boolean {
  let sum = 0;
  for (let i = 0; i < length; i += 1) {
    const digit = digits.charCodeAt(length - 1 - i) - zero;
    const weighted = i % 2 === 0 ? digit : 2 * digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}

const zero = '0'.charCodeAt(0);
