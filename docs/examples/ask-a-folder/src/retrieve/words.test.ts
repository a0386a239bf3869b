import { describe, expect, it } from 'vitest';
import { contentWords, stems } from './words.ts';

describe('words', () => {
  it('finds one form of a word by another', () => {
    expect(stems.tokenize('Crashes crashed crashing')).toEqual(['crash', 'crash', 'crash']);
  });

  it('finds a name by its parts', () => {
    expect(stems.tokenize('idempotencyKey')).toEqual(expect.arrayContaining(['idempotencykei', 'kei']));
  });

  it('leaves words of other scripts as they are', () => {
    expect(contentWords('日本語 über')).toEqual(expect.arrayContaining(['uber']));
    expect(contentWords('日本語')).not.toEqual([]);
  });

  it('drops words that say nothing, and repetitions', () => {
    expect(contentWords('What is a lease, and when are leases lost?')).toEqual(['leas', 'lost']);
    expect(contentWords('What is it?')).toEqual([]);
  });
});
