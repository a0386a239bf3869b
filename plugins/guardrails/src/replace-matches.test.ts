import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Match } from './pattern/scan.ts';
import { createReplacing, replaceMatches } from './replace-matches.ts';

describe('replaceMatches', () => {
  it('keeps exactly the characters that no match covers', () => {
    const range = fc
      .tuple(fc.nat(20), fc.nat(6))
      .map(([start, length]) => ({ pattern: 0, start, end: start + length }));
    fc.assert(
      fc.property(fc.array(range, { maxLength: 6 }), (matches) => {
        const text = 'abcdefghijklmnopqrstuvwxyz';
        const covered = (i: number) => matches.some(({ start, end }) => start <= i && i < end);
        const kept = [...text].filter((_, i) => !covered(i)).join('');
        expect(replaceMatches(text, matches, () => '')).toBe(kept);
        expect(replaceMatches(text, matches, () => '#').replaceAll('#', '')).toBe(kept);
      }),
    );
  });

  it('does the same with what it is given part by part', () => {
    const range = fc
      .tuple(fc.nat(20), fc.nat(6))
      .map(([start, length]) => ({ pattern: 0, start, end: start + length }));
    const isSame = (matches: readonly Match[], cut: number) => {
      const text = 'abcdefghijklmnopqrstuvwxyz';
      const replacing = createReplacing(text, () => '#');
      replacing.add(matches.filter(({ start }) => start < cut));
      replacing.add(matches.filter(({ start }) => start >= cut));
      expect(replacing.end()).toBe(replaceMatches(text, matches, () => '#'));
    };
    fc.assert(fc.property(fc.array(range, { maxLength: 6 }), fc.nat(20), isSame), { seed: 5 });
  });

  it('leaves a text alone that only empty matches touch', () => {
    expect(replaceMatches('ab', [{ pattern: 0, start: 1, end: 1 }], () => '#')).toBe('ab');
  });

  it('shows what it replaces, with the first of those that overlap', () => {
    const matches = [
      { pattern: 7, start: 2, end: 4 },
      { pattern: 3, start: 1, end: 3 },
    ];
    expect(replaceMatches('abcde', matches, (stretch, { pattern }) => `(${pattern} ${stretch})`)).toBe(
      'a(3 bcd)e',
    );
  });

  it('replaces neighbours one by one', () => {
    const matches = [
      { pattern: 0, start: 0, end: 1 },
      { pattern: 0, start: 1, end: 2 },
    ];
    expect(replaceMatches('abc', matches, () => '#')).toBe('##c');
  });
});
