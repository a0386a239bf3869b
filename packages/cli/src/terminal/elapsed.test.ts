import { describe, expect, it } from 'vitest';
import { elapsed } from './elapsed.ts';

describe('elapsed', () => {
  it.each([
    [-5, '0 ms'],
    [0, '0 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [4_230, '4.2 s'],
    [59_949, '59.9 s'],
    [59_960, '1:00'],
    [65_000, '1:05'],
    [3_599_600, '1:00:00'],
    [7_209_000, '2:00:09'],
  ])('shows %d milliseconds as %s', (ms, text) => {
    expect(elapsed(ms)).toBe(text);
  });
});
