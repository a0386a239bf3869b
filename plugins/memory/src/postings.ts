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

const noSlot = 255;

export function createPostings(): Postings {
  let ordinals = new Uint32Array(1024);
  let frequencies = new Uint8Array(1024);
  let used = 0;
  let starts = new Uint32Array(256);
  let sizes = new Uint32Array(256);
  let slots = new Uint8Array(256);
  let termCount = 0;
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
    const to = allocate(slot + 1);
    const end = from + (sizes[term] as number);
    ordinals.copyWithin(to, from, end);
    frequencies.copyWithin(to, from, end);
    free[slot]?.push(from);
    starts[term] = to;
    slots[term] = slot + 1;
  }

  function storeWide(term: number, ordinal: number, frequency: number): void {
    let ofTerm = wide.get(term);
    if (ofTerm === undefined) {
      ofTerm = new Map();
      wide.set(term, ofTerm);
    }
    ofTerm.set(ordinal, frequency);
  }

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
      if (slot === noSlot || size === 2 ** slot) enlarge(term);
      const position = (starts[term] as number) + size;
      ordinals[position] = ordinal;
      frequencies[position] = frequency < wideFrequency ? frequency : wideFrequency;
      if (frequency >= wideFrequency) storeWide(term, ordinal, frequency);
      sizes[term] = size + 1;
    },
    wideFrequencyOf: (term, ordinal) => wide.get(term)?.get(ordinal) ?? wideFrequency,
  };
}
