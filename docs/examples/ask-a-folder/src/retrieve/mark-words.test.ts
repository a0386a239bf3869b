import { expect, it } from 'vitest';
import { markWords } from './mark-words.ts';

const marked = (text: string, ...words: string[]) =>
  markWords(text, words)
    .map((piece) => (piece.isMarked ? `[${piece.text}]` : piece.text))
    .join('');

it('marks words in all their forms, and in parts of names', () => {
  expect(marked('It crashes; a Crash, crashed!', 'crash')).toBe('It [crashes]; a [Crash], [crashed]!');
  expect(marked('Give idempotencyKey.', 'kei')).toBe('Give [idempotencyKey].');
  expect(marked('Nothing here.', 'crash')).toBe('Nothing here.');
  expect(marked('', 'crash')).toBe('');
});
