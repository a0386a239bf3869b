import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPostings, type Postings } from './postings.ts';

/** What a list says, as pairs. */
function read(postings: Postings, term: number): (readonly [ordinal: number, frequency: number])[] {
  const { ordinals, frequencies, start, end } = postings.list(term);
  return Array.from({ length: end - start }, (_, i) => {
    const ordinal = ordinals[start + i] as number;
    const narrow = frequencies[start + i] as number;
    return [ordinal, narrow === 255 ? postings.wideFrequencyOf(term, ordinal) : narrow];
  });
}

describe('postings', () => {
  it('give back what was appended, in whichever order lists grow', () => {
    const appended = fc.array(
      fc.record({ term: fc.integer({ min: 0, max: 40 }), frequency: fc.integer({ min: 1, max: 300 }) }),
      { maxLength: 3000 },
    );
    fc.assert(
      fc.property(appended, (all) => {
        const postings = createPostings();
        const lists = new Map<number, [number, number][]>();
        for (const [ordinal, { term, frequency }] of all.entries()) {
          while (postings.termCount <= term) postings.addTerm();
          postings.append(term, ordinal, frequency);
          lists.set(term, [...(lists.get(term) ?? []), [ordinal, frequency]]);
        }
        for (const [term, list] of lists) expect(read(postings, term)).toEqual(list);
      }),
      { numRuns: 30, seed: 7 },
    );
  });

  it('are many and long without moving what is there', () => {
    const postings = createPostings();
    const terms = 50;
    const documents = 20_000;
    for (let term = 0; term < terms; term += 1) postings.addTerm();
    // The first term is in every document, the others ever less often.
    for (let ordinal = 0; ordinal < documents; ordinal += 1)
      for (let term = 0; term < terms; term += 1)
        if (ordinal % (term + 1) === 0) postings.append(term, ordinal, (ordinal % 250) + 1);
    const { ordinals } = postings.list(40);
    for (let term = 0; term < terms; term += 1) {
      const due = Array.from({ length: Math.ceil(documents / (term + 1)) }, (_, n) => n * (term + 1));
      expect(read(postings, term)).toEqual(due.map((ordinal) => [ordinal, (ordinal % 250) + 1]));
    }
    for (let ordinal = documents; ordinal < 20 * documents; ordinal += 1) postings.append(0, ordinal, 1);
    expect(postings.list(40).ordinals).toBe(ordinals);
    expect(postings.size(0)).toBe(20 * documents);
  });

  it('grow out of what was stored, and leave it as it is', () => {
    const stored = {
      ends: Uint32Array.of(2, 3),
      ordinals: Uint32Array.of(0, 2, 1),
      frequencies: Uint8Array.of(1, 255, 4),
      wide: Uint32Array.of(0, 2, 1000),
    };
    const postings = createPostings(stored);
    postings.append(1, 3, 7);
    postings.append(0, 3, 2);
    expect(read(postings, 0)).toEqual([
      [0, 1],
      [2, 1000],
      [3, 2],
    ]);
    expect(read(postings, 1)).toEqual([
      [1, 4],
      [3, 7],
    ]);
    expect([...stored.ordinals]).toEqual([0, 2, 1]);
  });
});
