import { describe, expect, it } from 'vitest';
import { textPosition } from './text-position.ts';

describe('textPosition', () => {
  it.each([
    ['abc', 0, 'line 1, column 1'],
    ['abc', 3, 'line 1, column 4'],
    ['a\nb', 1, 'line 1, column 2'],
    ['a\nb', 2, 'line 2, column 1'],
    ['a\r\n\r\nb', 5, 'line 3, column 1'],
    ['😀b', 2, 'line 1, column 3'],
  ])('of %j at %i', (text, offset, position) => {
    expect(textPosition(text, offset)).toBe(position);
  });
});
