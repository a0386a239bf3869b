import type { GuardrailStream } from '@aiwork/core';
import type { Match } from '../pattern/scan.ts';
import { type Replace, replaceMatches } from '../replace-matches.ts';
import { contextChars, type StreamFinder } from './stream-finder.ts';

// A text this long that is all held back is looked at again when it has grown by a quarter, and not with each piece: so
// the time of all pieces together stays linear in the text.
const manyChars = 4_096;

/** Lets a text go with all matches replaced, each piece as soon as no match can begin in it any more. */
export const replacingStream = (finder: StreamFinder, replace: Replace): GuardrailStream =>
  findingStream(finder, (text, from, open) => {
    const { cut, matches } = settle(finder, text, from, open);
    return { cut, shown: replaceMatches(text.slice(0, cut), matches, replace).slice(from) };
  });

/** What is found in a text for good, and up to where nothing more can be, when what begins at `open` is not over. */
export function settle(
  finder: StreamFinder,
  text: string,
  from: number,
  open: number,
): { readonly cut: number; readonly matches: readonly Match[] } {
  if (open === from) return { cut: from, matches: [] };
  const matches = [...finder.matches(text, from)].sort((a, b) => a.start - b.start);
  let cut = open;
  // From the last to the first: what overlaps with a match that has to wait waits with it.
  for (const { start, end } of matches.toReversed()) if (start < cut && cut < end) cut = start;
  return { cut, matches: matches.filter(({ end }) => end <= cut) };
}

/** Lets a text go up to the first match, and nothing after it. */
export const stoppingStream = (finder: StreamFinder): GuardrailStream =>
  findingStream(finder, (text, from, open) => {
    let first: Match | undefined;
    for (const match of finder.matches(text, from)) if (match.start < (first?.start ?? open)) first = match;
    return { cut: first?.start ?? open, shown: text.slice(from, first?.start ?? open), closed: first };
  });

interface Look {
  /** How much of the text is done with. */
  readonly cut: number;
  /** What is shown of it. */
  readonly shown: string;
  /** What was found after which nothing may follow. */
  readonly closed?: Match | undefined;
}

function findingStream(
  finder: StreamFinder,
  look: (text: string, from: number, open: number) => Look,
): GuardrailStream {
  let text = '';
  let from = 0;
  let held = 0;
  let closed = false;
  return {
    push(piece) {
      if (closed || piece === '') return '';
      text += piece;
      // Half a character says nothing yet.
      const end = text.length - (isHigh(text, text.length - 1) ? 1 : 0);
      if (held > manyChars && end - from < held * 1.25) return '';
      const whole = text.slice(0, end);
      const open = finder.openAt(whole, from);
      held = end - from;
      if (open === from) return '';
      const { cut, shown, closed: found } = look(whole, from, open);
      closed = found !== undefined;
      held = end - cut;
      from = cut;
      if (from > 4 * contextChars) {
        const dropped = from - contextChars - (isHigh(text, from - contextChars - 1) ? 1 : 0);
        text = text.slice(dropped);
        from -= dropped;
      }
      return shown;
    },
  };
}

/** Whether the first half of a character stands there. @internal */
export function isHigh(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** Streams one after the other: each is given what the one before lets go. */
export function throughAll(streams: readonly GuardrailStream[]): GuardrailStream {
  return { push: (piece) => streams.reduce((left, stream) => stream.push(left), piece) };
}
