import type { Detector, Finding } from '../finding/detector.ts';

/** RFC 5321, 4.5.3.1: most characters before the `@`, and after it. */
const longestLocalPart = 64;
const longestDomain = 255;

const letter = /[\p{L}\p{M}\p{N}]/u;
/** RFC 5322's `atext` and the dot. Letters of all scripts, as RFC 6531 has it. */
const isLocal = (char: string) => "!#$%&'*+-/=?^_`{|}~.".includes(char) || letter.test(char);
const isDomain = (char: string) => char === '-' || char === '.' || letter.test(char);
/** What is between addresses and the words around them more often than in them. */
const edges = /^[^\p{L}\p{N}_]+/u;
const domain =
  /^(?:[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?\.)+(?:xn--[a-z0-9-]*[a-z0-9]|\p{L}[\p{L}\p{M}]+)/iu;

/**
 * Addresses such as `ada@example.org`, in letters of all scripts. Those of one machine (`root@localhost`) are none.
 *
 * @example
 * ```ts
 * import { emailAddresses } from '@aiwork/guardrails';
 *
 * console.log([...emailAddresses.find('Write to ada@example.org.')]); // [ { start: 9, end: 24 } ]
 * ```
 * @since 0.1.0
 */
export const emailAddresses: Detector = Object.freeze({
  kind: 'email address',
  *find(text: string, from = 0): Generator<Finding> {
    for (let at = text.indexOf('@', from); at !== -1; at = text.indexOf('@', at + 1)) {
      const local = text.slice(startOfRun(text, at, longestLocalPart, isLocal), at).replace(edges, '');
      const host = domain.exec(textAfter(text, at + 1))?.[0];
      if (local === '' || host === undefined) continue;
      yield { start: at - local.length, end: at + 1 + host.length };
    }
  },
  streaming: Object.freeze({
    windowChars: longestLocalPart + 1 + longestDomain,
    openAt(text: string) {
      const host = startOfRun(text, text.length, longestDomain, isDomain);
      const end = text[host - 1] === '@' ? host - 1 : text.length;
      return startOfRun(text, end, longestLocalPart, isLocal);
    },
  }),
});

/** Where the characters before `end` begin that are part of something, `longest` UTF-16 units of them at most. */
function startOfRun(text: string, end: number, longest: number, isPart: (char: string) => boolean): number {
  let start = end;
  while (start > 0 && end - start < longest) {
    const low = text.charCodeAt(start - 1);
    const isPair = low >= 0xdc00 && low <= 0xdfff && start >= 2;
    const char = text.slice(isPair ? start - 2 : start - 1, start);
    if (!isPart(char)) break;
    start -= char.length;
  }
  return start;
}

function textAfter(text: string, start: number): string {
  let end = start;
  for (const char of text.slice(start, start + longestDomain)) {
    if (!isDomain(char)) break;
    end += char.length;
  }
  return text.slice(start, end);
}
