import { grown } from './grown.ts';

/** Stored in place of a frequency that does not fit a byte; the true one is in a map beside. */
export const wideFrequency = 255;

/**
 * For every term the documents it occurs in, ascending, and how often.
 *
 * All lists live in two arrays: a list is the positions `start(term)` up to `start(term) + size(term)` of both. Lists grow
 * in slots of 2ⁿ positions, and a slot that was outgrown is given to the next list that needs its size, so that a
 * vocabulary of mostly rare words costs no array object each.
 */
export interface Postings {
  /** Replaced when the arena grows: read it anew after `append`. */
  readonly ordinals: Uint32Array;
  /** Replaced when the arena grows: read it anew after `append`. */
  readonly frequencies: Uint8Array;
  readonly termCount: number;
  start(term: number): number;
  size(term: number): number;
  addTerm(): number;
  /** `ordinal` must be greater than every one in the list. */
  append(term: number, ordinal: number, frequency: number): void;
  /** The true frequency where `frequencies` says `wideFrequency`. */
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

/** What is stored is used where it lies. */
export function createPostings(stored: StoredPostings = nothing): Postings {
  let termCount = stored.ends.length;
  let ordinals = grown(stored.ordinals, 1024);
  let frequencies = grown(stored.frequencies, 1024);
  let used = stored.ordinals.length;
  let starts = grown(new Uint32Array(termCount), 256);
  let sizes = grown(new Uint32Array(termCount), 256);
  let slots = grown(new Uint8Array(termCount).fill(storedSlot), 256);
  for (let term = 0, start = 0; term < termCount; term++) {
    const end = stored.ends[term] as number;
    starts[term] = start;
    sizes[term] = end - start;
    start = end;
  }
  const free: number[][] = Array.from({ length: 32 }, () => []);
  const wide = new Map<number, Map<number, number>>();

  function allocate(slot: number): number {
    const recycled = free[slot]?.pop();
    if (recycled !== undefined) return recycled;
    const start = used;
    used += 2 ** slot;
    ordinals = grown(ordinals, used);
    frequencies = grown(frequencies, used);
    return start;
  }

  function enlarge(term: number): void {
    const slot = slots[term] as number;
    if (slot === noSlot) {
      slots[term] = 0;
      starts[term] = allocate(0);
      return;
    }
    const from = starts[term] as number;
    const size = sizes[term] as number;
    const next = slot === storedSlot ? Math.floor(Math.log2(size)) + 1 : slot + 1;
    const to = allocate(next);
    ordinals.copyWithin(to, from, from + size);
    frequencies.copyWithin(to, from, from + size);
    free[slot]?.push(from);
    starts[term] = to;
    slots[term] = next;
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
    get ordinals() {
      return ordinals;
    },
    get frequencies() {
      return frequencies;
    },
    get termCount() {
      return termCount;
    },
    start: (term) => starts[term] as number,
    size: (term) => sizes[term] as number,
    addTerm() {
      const term = termCount++;
      starts = grown(starts, termCount);
      sizes = grown(sizes, termCount);
      slots = grown(slots, termCount);
      slots[term] = noSlot;
      return term;
    },
    append(term, ordinal, frequency) {
      const size = sizes[term] as number;
      const slot = slots[term] as number;
      if (slot >= storedSlot || size === 2 ** slot) enlarge(term);
      const position = (starts[term] as number) + size;
      ordinals[position] = ordinal;
      frequencies[position] = frequency < wideFrequency ? frequency : wideFrequency;
      if (frequency >= wideFrequency) storeWide(term, ordinal, frequency);
      sizes[term] = size + 1;
    },
    wideFrequencyOf: (term, ordinal) => wide.get(term)?.get(ordinal) ?? wideFrequency,
  };
}
