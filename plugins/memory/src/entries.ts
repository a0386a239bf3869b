import { grown } from './grown.ts';
import { type Piece, pieceFor } from './pieces.ts';
import { wideFrequency } from './postings.ts';

/** The distinct terms of a document, and how often it has each: 255 where that does not fit a byte. */
export interface Entry {
  readonly terms: Uint32Array;
  readonly frequencies: Uint8Array;
}

/** Entries by ordinal, as they are written down. */
export interface StoredEntries {
  /** Where the entry of each document ends. */
  readonly ends: Uint32Array;
  readonly terms: Uint32Array;
  readonly frequencies: Uint8Array;
}

/** What each document has. In pieces, none of which is ever moved; an entry lies in one of them. */
export interface Entries {
  /** Of the next ordinal. */
  push(terms: ArrayLike<number>, frequencies: ArrayLike<number>): void;
  /** Not a copy. */
  at(ordinal: number): Entry;
}

const nothing: StoredEntries = {
  ends: new Uint32Array(0),
  terms: new Uint32Array(0),
  frequencies: new Uint8Array(0),
};

/** What is stored is used where it lies. */
export function createEntries(stored: StoredEntries = nothing): Entries {
  const pieces: Piece[] = [{ numbers: stored.terms, bytes: stored.frequencies }];
  /** How many terms there are before each piece. */
  const before = [0];
  let last = pieces[0] as Piece;
  let used = stored.terms.length;
  let total = stored.terms.length;
  let documents = stored.ends.length;
  let ends = grown(stored.ends, 64);

  function pieceWith(position: number): number {
    let low = 0;
    let high = before.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((before[middle] as number) <= position) low = middle;
      else high = middle;
    }
    return low;
  }

  return {
    push(terms, frequencies) {
      if (used + terms.length > last.numbers.length) {
        last = pieceFor(terms.length, total);
        pieces.push(last);
        before.push(total);
        used = 0;
      }
      const { numbers, bytes } = last;
      for (let i = 0; i < terms.length; i++) {
        numbers[used] = terms[i] as number;
        bytes[used] = Math.min(frequencies[i] as number, wideFrequency);
        used++;
      }
      total += terms.length;
      ends = grown(ends, documents + 1);
      ends[documents] = total;
      documents++;
    },
    at(ordinal) {
      const start = ordinal === 0 ? 0 : (ends[ordinal - 1] as number);
      const end = ends[ordinal] as number;
      const piece = pieceWith(start);
      const { numbers, bytes } = pieces[piece] as Piece;
      const offset = before[piece] as number;
      return {
        terms: numbers.subarray(start - offset, end - offset),
        frequencies: bytes.subarray(start - offset, end - offset),
      };
    },
  };
}
