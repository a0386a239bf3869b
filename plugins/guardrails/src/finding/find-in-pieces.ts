import type { Match } from '../pattern/scan.ts';
import { pauses } from '../pause.ts';
import { isHigh } from '../stream/finding-stream.ts';
import { contextChars, type StreamFinder } from '../stream/stream-finder.ts';

/** A detector is done with so much of a text in some milliseconds, whatever it says. */
const pieceChars = 8_192;

/**
 * What a finder finds in a text, from left to right, and the same as in the whole: between two pieces of the text other
 * work of the process has its turn.
 *
 * @throws the reason of the signal when it aborts.
 * @internal
 */
export async function* findInPieces(
  finder: StreamFinder,
  text: string,
  signal: AbortSignal,
): AsyncGenerator<readonly Match[]> {
  const pause = pauses(signal);
  let from = 0;
  let ahead = pieceChars;
  for (let end = 0; end < text.length; ) {
    end = wholeCharacters(text, from + ahead);
    const start = wholeCharacters(text, Math.max(0, from - contextChars));
    const piece = text.slice(start, end);
    const open = end === text.length ? piece.length : finder.openAt(piece, from - start);
    const matches = open > from - start ? [...finder.matches(piece, from - start)] : [];
    // Of what is all held back, twice as much is looked at next: so the time of all looks stays linear in the text.
    ahead = start + open === from ? 2 * ahead : pieceChars;
    from = start + open;
    // What begins before is over, even where it ends after.
    yield matches
      .filter((match) => match.start < open)
      .map(({ pattern, ...match }) => ({ pattern, start: start + match.start, end: start + match.end }))
      .sort((a, b) => a.start - b.start);
    await pause();
  }
}

/** `at`, or one less where that would be between the halves of a character. */
function wholeCharacters(text: string, at: number): number {
  if (at >= text.length) return text.length;
  return at > 0 && isHigh(text, at - 1) ? at - 1 : at;
}
