import { endianness } from 'node:os';
import { blank, type Folding, lettersOf, notPlain } from './letters.ts';

/** A text as words are compared, in UTF-16 units, and where in the text what each of them stands for begins and ends. */
export interface Folded {
  readonly units: Uint16Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/**
 * Folds a text: compatibility forms (UAX 15, NFKD) without case, marks and what is not seen (soft hyphens, zero-width
 * characters); any white space is one blank.
 */
export function fold(text: string, folding: Folding, from = 0): Folded {
  const folder = createFolder(text, folding, from);
  folder.upTo(text.length);
  return folder.folded();
}

/** Folds a text part by part. */
export interface Folder {
  /** Goes on to `end`, or one unit further where that is between the halves of a character. */
  upTo(end: number): void;
  /** What was folded so far. */
  folded(): Folded;
}

export function createFolder(text: string, folding: Folding, from = 0): Folder {
  const letters = lettersOf(folding);
  let folded = room(text.length - from);
  let count = 0;
  let reached = from;
  return {
    upTo(end) {
      reached = foldPart(reached, end);
    },
    folded() {
      const { units, starts, ends } = folded;
      return {
        units: units.subarray(0, count),
        starts: starts.subarray(0, count),
        ends: ends.subarray(0, count),
      };
    },
  };

  function foldPart(start: number, stop: number): number {
    let at = start;
    while (at < stop) {
      at = foldPlain(at, stop);
      if (at < stop) at = foldPoint(at);
    }
    return at;
  }

  /** Goes on to what does not stand for one letter: the most of most texts, with nothing in the loop but what it takes. */
  function foldPlain(start: number, stop: number): number {
    if (count + stop - start > folded.units.length) folded = grown(folded);
    const { units, starts, ends } = folded;
    let next = count;
    let before = units[next - 1] ?? notPlain;
    let at = start;
    for (; at < stop; at += 1) {
      const letter = letters.plain(text.charCodeAt(at));
      if (letter === notPlain) break;
      if (letter === blank && before === blank) continue;
      units[next] = letter;
      starts[next] = at;
      ends[next] = at + 1;
      next += 1;
      before = letter;
    }
    count = next;
    return at;
  }

  function foldPoint(at: number): number {
    // The longest compatibility form has eighteen characters.
    if (count + 32 > folded.units.length) folded = grown(folded);
    const { units, starts, ends } = folded;
    const point = text.codePointAt(at) ?? 0;
    const end = at + (point > 0xffff ? 2 : 1);
    const several = letters.of(point);
    for (let n = 0; n < several.length; n += 1) {
      const letter = several.charCodeAt(n);
      if (letter === blank && count > 0 && units[count - 1] === blank) continue;
      units[count] = letter;
      starts[count] = at;
      ends[count] = end;
      count += 1;
    }
    return end;
  }
}

/** The letters of a folded text as one text. */
export function foldedText({ units }: Folded): string {
  const bytes = Buffer.from(units.buffer, units.byteOffset, units.byteLength);
  return (endianness() === 'LE' ? bytes : Buffer.from(bytes).swap16()).toString('utf16le');
}

const room = (length: number): Folded => ({
  units: new Uint16Array(length + 64),
  starts: new Uint32Array(length + 64),
  ends: new Uint32Array(length + 64),
});

function grown({ units, starts, ends }: Folded): Folded {
  const larger = room(2 * units.length);
  larger.units.set(units);
  larger.starts.set(starts);
  larger.ends.set(ends);
  return larger;
}
