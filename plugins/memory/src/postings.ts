import { grown } from './grown.ts';
import { type Piece, pieceFor } from './pieces.ts';

/** Stored in place of a frequency that does not fit a byte; the true one is in a map beside. */
export const wideFrequency = 255;

/** A term's documents, ascending: the positions from `start` to before `end` of both arrays. */
export interface PostingList {
  readonly ordinals: Uint32Array;
  readonly frequencies: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/**
 * For every term the documents it occurs in, ascending, and how often.
 *
 * Lists lie in pieces that are shared by many. They grow in slots of 2ⁿ positions, and a slot that was outgrown is given to
 * the next list that needs its size, so that a vocabulary of mostly rare words costs no array object each. No piece is ever
 * moved: only a list is, when it doubles.
 */
export interface Postings {
  readonly termCount: number;
  /** Valid until the next `append`. */
  list(term: number): PostingList;
  size(term: number): number;
  addTerm(): number;
  /** `ordinal` must be greater than every one in the list. */
  append(term: number, ordinal: number, frequency: number): void;
  /** The true frequency where a list says `wideFrequency`. */
  wideFrequencyOf(term: number, ordinal: number): number;
}

/** Postings as they are written down: the lists one behind the other, without room between them. */
export interface StoredPostings {
  /** Where the list of each term ends. */
  readonly ends: Uint32Array;
  readonly ordinals: Uint32Array;
  readonly frequencies: Uint8Array;
  /** Term, ordinal and frequency of each that does not fit a byte. */
  readonly wide: Uint32Array;
}

const noSlot = 255;
/** A stored list: it has its place, and no room to grow. */
const storedSlot = 254;

const nothing: StoredPostings = {
  ends: new Uint32Array(0),
  ordinals: new Uint32Array(0),
  frequencies: new Uint8Array(0),
  wide: new Uint32Array(0),
};

/** Shorter lists are moved one by one. */
const shortList = 64;

/** What is stored is used where it lies. */
export function createPostings(stored: StoredPostings = nothing): Postings {
  let termCount = stored.ends.length;
  const pieces: Piece[] = [{ numbers: stored.ordinals, bytes: stored.frequencies }];
  /** Positions in all pieces. */
  let total = stored.ordinals.length;
  /** Of the piece that slots are taken from, the last but for those that one list has alone. */
  let open = 0;
  let openUsed = total;
  /** Which piece a list is in, and where. */
  let pieceOf = grown(new Uint32Array(termCount), 256);
  let starts = grown(new Uint32Array(termCount), 256);
  let sizes = grown(new Uint32Array(termCount), 256);
  let slots = grown(new Uint8Array(termCount).fill(storedSlot), 256);
  for (let term = 0, start = 0; term < termCount; term++) {
    const end = stored.ends[term] as number;
    starts[term] = start;
    sizes[term] = end - start;
    start = end;
  }
  /** Slots of each size that nobody uses: the number of their piece, and where in it they begin, by turns. */
  const free: number[][] = Array.from({ length: 32 }, () => []);
  const wide = new Map<number, Map<number, number>>();

  function addPiece(needed: number): number {
    const piece = pieceFor(needed, total);
    total += piece.numbers.length;
    return pieces.push(piece) - 1;
  }

  /** What is left of the open piece goes to lists of other sizes. */
  function closePiece(): void {
    const { length } = (pieces[open] as Piece).numbers;
    while (openUsed < length) {
      const slot = Math.floor(Math.log2(length - openUsed));
      free[slot]?.push(open, openUsed);
      openUsed += 2 ** slot;
    }
  }

  /** Gives a term a slot, and says nothing of what is in it. */
  function place(term: number, slot: number): void {
    slots[term] = slot;
    const start = free[slot]?.pop();
    if (start !== undefined) {
      starts[term] = start;
      pieceOf[term] = free[slot]?.pop() as number;
      return;
    }
    const length = 2 ** slot;
    if (openUsed + length > (pieces[open] as Piece).numbers.length) {
      closePiece();
      open = addPiece(length);
      openUsed = 0;
    }
    pieceOf[term] = open;
    starts[term] = openUsed;
    openUsed += length;
  }

  function enlarge(term: number): void {
    const slot = slots[term] as number;
    if (slot === noSlot) {
      place(term, 0);
      return;
    }
    const piece = pieceOf[term] as number;
    const start = starts[term] as number;
    const size = sizes[term] as number;
    place(term, slot === storedSlot ? Math.floor(Math.log2(size)) + 1 : slot + 1);
    move(
      pieces[piece] as Piece,
      start,
      size,
      pieces[pieceOf[term] as number] as Piece,
      starts[term] as number,
    );
    free[slot]?.push(piece, start);
  }

  function storeWide(term: number, ordinal: number, frequency: number): void {
    let ofTerm = wide.get(term);
    if (ofTerm === undefined) {
      ofTerm = new Map();
      wide.set(term, ofTerm);
    }
    ofTerm.set(ordinal, frequency);
  }

  for (let i = 0; i + 2 < stored.wide.length; i += 3)
    storeWide(stored.wide[i] as number, stored.wide[i + 1] as number, stored.wide[i + 2] as number);

  return {
    get termCount() {
      return termCount;
    },
    list(term) {
      const { numbers, bytes } = pieces[pieceOf[term] as number] as Piece;
      const start = starts[term] as number;
      return { ordinals: numbers, frequencies: bytes, start, end: start + (sizes[term] as number) };
    },
    size: (term) => sizes[term] as number,
    addTerm() {
      const term = termCount++;
      pieceOf = grown(pieceOf, termCount);
      starts = grown(starts, termCount);
      sizes = grown(sizes, termCount);
      slots = grown(slots, termCount);
      slots[term] = noSlot;
      return term;
    },
    append(term, ordinal, frequency) {
      const size = sizes[term] as number;
      const slot = slots[term] as number;
      if (slot >= storedSlot || size === 1 << slot) enlarge(term);
      const { numbers, bytes } = pieces[pieceOf[term] as number] as Piece;
      const position = (starts[term] as number) + size;
      numbers[position] = ordinal;
      bytes[position] = frequency < wideFrequency ? frequency : wideFrequency;
      if (frequency >= wideFrequency) storeWide(term, ordinal, frequency);
      sizes[term] = size + 1;
    },
    wideFrequencyOf: (term, ordinal) => wide.get(term)?.get(ordinal) ?? wideFrequency,
  };
}

function move(from: Piece, start: number, size: number, to: Piece, at: number): void {
  if (size > shortList) {
    to.numbers.set(from.numbers.subarray(start, start + size), at);
    to.bytes.set(from.bytes.subarray(start, start + size), at);
    return;
  }
  for (let i = 0; i < size; i++) {
    to.numbers[at + i] = from.numbers[start + i] as number;
    to.bytes[at + i] = from.bytes[start + i] as number;
  }
}
