import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRanking, type Ranking } from './ranking.ts';
import { createSegment, type Segment } from './segment.ts';

const doc = { id: 'a', text: '' };

/** Appends a document that has term 0 `frequency` times among `length` terms. */
function append(segment: Segment, { frequency, length }: { frequency: number; length: number }): number {
  return segment.append({ doc, terms: [0, 1], frequencies: [frequency, length] });
}

function impactsOf(segment: Segment, ranking: Ranking, term: number): number[] {
  const { offset, slope } = ranking.scale(segment.facts);
  const { ordinals, frequencies, start, end } = segment.postings.list(term);
  return Array.from({ length: end - start }, (_, i) => {
    const ordinal = ordinals[start + i] as number;
    const norm = offset + slope * (segment.statistics[ordinal] as number);
    return ranking.impact(frequencies[start + i] as number, norm);
  });
}

describe('segment', () => {
  it('never states a largest impact below any impact, however lengths drift', () => {
    const sizes = fc.array(
      fc.record({ frequency: fc.integer({ min: 1, max: 9 }), length: fc.integer({ min: 1, max: 40 }) }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(fc.constantFrom('bm25' as const, 'tfidf' as const), sizes, (kind, added) => {
        const ranking = createRanking({ kind });
        const segment = createSegment(ranking);
        for (const size of added) {
          append(segment, size);
          const largest = segment.largestImpact(0, ranking.scale(segment.facts));
          expect(largest).toBeGreaterThanOrEqual(Math.max(...impactsOf(segment, ranking, 0)));
        }
      }),
    );
  });

  it('leaves dropped documents out of frequencies and lengths', () => {
    const segment = createSegment(createRanking());
    append(segment, { frequency: 1, length: 9 });
    const dropped = append(segment, { frequency: 1, length: 99 });
    segment.drop(dropped);
    segment.drop(dropped);
    expect(segment.documentFrequency(0)).toBe(1);
    expect(segment.facts).toEqual({ documents: 1, averageLength: 10 });
    expect(segment.doc(dropped)).toBeUndefined();
  });

  it('counts what a new segment would not have', () => {
    const segment = createSegment(createRanking());
    segment.vocabulary.intern('used');
    segment.vocabulary.intern('unused');
    const ordinal = segment.append({ doc, terms: [0], frequencies: [1] });
    expect(segment.waste).toEqual({ documents: 0, words: 1 });
    segment.drop(ordinal);
    expect(segment.waste).toEqual({ documents: 1, words: 2 });
  });

  it('gives entries back as they were appended', () => {
    const segment = createSegment(createRanking());
    const frequencies = [1, 254, 255, 256, 100_000];
    segment.append({ doc, terms: [4, 3, 2, 1, 0], frequencies });
    const [entry] = segment.entries();
    expect(entry?.frequencies).toEqual(frequencies);
    expect(Array.from(entry?.terms ?? [])).toEqual([4, 3, 2, 1, 0]);
  });
});
