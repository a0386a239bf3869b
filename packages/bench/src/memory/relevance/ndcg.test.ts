import { describe, expect, it } from 'vitest';
import { ndcg } from './ndcg.ts';

const relevant = new Set(['a', 'b', 'c']);

describe('nDCG', () => {
  it('is 1 when all that is relevant comes first, in any order', () => {
    expect(ndcg(['c', 'a', 'b', 'x'], relevant, 10)).toBe(1);
  });

  it('counts what comes later for less', () => {
    // (1/log₂3 + 1/log₂5) of (1 + 1/log₂3 + 1/log₂4), by hand.
    expect(ndcg(['x', 'a', 'y', 'b'], relevant, 10)).toBeCloseTo((0.63093 + 0.43068) / 2.13093, 5);
  });

  it('looks no deeper than it is told, and asks for no more than fits', () => {
    expect(ndcg(['a', 'b', 'x', 'c'], relevant, 2)).toBe(1);
    expect(ndcg(['x', 'y', 'a'], relevant, 2)).toBe(0);
  });

  it('is 0 where nothing is found', () => {
    expect(ndcg([], relevant, 10)).toBe(0);
  });
});
