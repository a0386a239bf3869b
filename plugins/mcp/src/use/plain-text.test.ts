import { expect, it } from 'vitest';
import { clip } from '../clip.ts';
import { plainText } from './plain-text.ts';

it('takes out what nobody sees', () => {
  expect(plainText('Adds\u200b two\u{e0061}\u{e0062} numbers\u202e.\u001b[31m', 100)).toBe(
    'Adds two numbers.[31m',
  );
  expect(plainText('a\ufe01\ufe0f\u{e0100}b\u2066c\u3164d\u034fe\u180ef\u2028g\ufeff', 100)).toBe('abcdefg');
  expect(plainText('line\n\ttwo: Zürich, 東京, 👍', 100)).toBe('line\n\ttwo: Zürich, 東京, 👍');
});

it('cuts at the end, between characters, and says how much is gone', () => {
  expect(clip('abcdef', 6)).toBe('abcdef');
  expect(clip('abcdef', 4)).toBe('abcd… (2 more characters)');
  expect(clip('abc👍', 4).isWellFormed()).toBe(true);
});
