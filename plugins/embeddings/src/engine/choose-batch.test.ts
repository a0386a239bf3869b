import { describe, expect, it } from 'vitest';
import { chooseBatch } from './choose-batch.ts';

describe('a batch', () => {
  it.each([
    ['takes all that are of one length', [5, 5, 5], 100, 1, [0, 1, 2]],
    ['takes no more tokens than it may', [5, 5, 5], 10, 1, [0, 1]],
    ['counts what fills short texts up', [10, 8, 8, 8], 30, 1, [0, 1, 2]],
    ['is one text where that alone is too long', [500, 5], 100, 1, [0]],
    ['leaves out what would mostly be filled up', [5, 128, 5, 6], 1000, 1, [0, 2, 3]],
    ['begins with the one that waits longest', [128, 5, 5, 5, 120], 1000, 1, [0, 4]],
    ['is the share of one of two', [5, 5, 5, 5], 1000, 2, [0, 1]],
    ['is all short texts beside a long one', [5, 128, 5, 5, 5], 1000, 2, [0, 2, 3, 4]],
    ['is one text where that is more than a share', [500, 5], 1000, 2, [0]],
    ['is none of none', [], 100, 1, []],
  ])('%s', (_title, lengths, maxTokens, free, chosen) => {
    expect(chooseBatch(lengths, { maxTokens, free })).toEqual(chosen);
  });
});
