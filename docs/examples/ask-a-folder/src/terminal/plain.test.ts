import { describe, expect, it } from 'vitest';
import { plain, wrap } from './plain.ts';

describe('plain', () => {
  it('lets no text of a file steer the terminal', () => {
    expect(plain('a\u001b[31mred\u001b[0m\u0007\n\tb\u202ec')).toBe('ared� b�c');
  });
});

describe('wrap', () => {
  it('cuts between words, and leaves a word that is too long whole', () => {
    expect(wrap('one two three extraordinarily', 9, '  ')).toBe('  one two\n  three\n  extraordinarily');
  });
});
