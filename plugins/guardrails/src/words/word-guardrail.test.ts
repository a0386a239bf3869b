import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkText } from '../check-text.fixture.ts';
import { expectSafeStream, streamThrough } from '../stream/stream.fixture.ts';
import { fold, foldedText } from './fold.ts';
import { type WordGuardrailOptions, wordGuardrail } from './word-guardrail.ts';

async function redacted(text: string, words: readonly string[], options: Partial<WordGuardrailOptions> = {}) {
  const verdict = await checkText(wordGuardrail({ name: 'w', words, ...options }), text);
  return verdict.action === 'redact' ? verdict.text : verdict.action === 'pass' ? text : verdict;
}

describe('wordGuardrail', () => {
  it.each([
    ['BAD bad Bad', '[word] [word] [word]'],
    ['badly, abad, bad_x', 'badly, abad, bad_x'],
    ['"bad"! bad.', '"[word]"! [word].'],
    ['bád ba\u0301d', '[word] [word]'],
    ['ｂａｄ', '[word]'],
    ['b\u200ba\u00add', '[word]'],
    ['𝐛𝐚𝐝', '[word]'],
    ['dreadful \n\t word', '[word]'],
    ['dreadfulword', 'dreadfulword'],
    ['STRASSE straße', '[word] [word]'],
    ['ΣΟΦΟΣ', '[word]'],
    ['ﬁsh', '[word]'],
  ])('redacts %j to %j', async (text, expected) => {
    const words = ['bad', 'Dreadful Word', 'Straße', 'σοφός', 'fish'];
    expect(await redacted(text, words)).toBe(expected);
  });

  it('finds what a search through the folded text does', async () => {
    const words = ['bad', 'a b', 'kg', 'и', '𐐷', '½'];
    const char = fc.constantFrom(...'bad kgиИ\u0301\u200b\u00a0½㎏℀😀𐐷𝐛ü_'.split(/(?:)/u));
    const isWord = (text = '') => /^[\p{L}\p{N}_]/u.test(text);
    const isIn = (text: string) => {
      const folded = foldedText(fold(text, 'letters'));
      return words
        .map((word) => foldedText(fold(word, 'letters')))
        .some((word) =>
          [...folded].some((_, i, chars) => {
            const rest = chars.slice(i).join('');
            return rest.startsWith(word) && !isWord(chars[i - 1]) && !isWord(rest.slice(word.length));
          }),
        );
    };
    const guardrail = wordGuardrail({ name: 'w', words, onFail: 'block' });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: char, maxLength: 12 }), async (text) => {
        expect((await checkText(guardrail, text)).action).toBe(isIn(text) ? 'block' : 'pass');
      }),
      { numRuns: 1_000, seed: 7 },
    );
  });

  it('finds the longest of words that begin alike', async () => {
    expect(await redacted('a bad word here', ['bad', 'bad word'])).toBe('a [word] here');
  });

  it('finds words anywhere when it is told to', async () => {
    expect(await redacted('这是坏词。', ['坏词'], { match: 'anywhere' })).toBe('这是[word]。');
    expect(await redacted('这是坏词。', ['坏词'])).toBe('这是坏词。');
  });

  it('takes what looks alike for the same when it is told to', async () => {
    const text = 'p4ssw0rd pаsswоrd раѕѕword';
    expect(await redacted(text, ['password'])).toBe(text);
    expect(await redacted(text, ['password'], { fold: 'look-alikes' })).toBe('[word] [word] [word]');
  });

  it('can block, without repeating the word', async () => {
    expect(await redacted('so\nbad', ['bad'], { onFail: 'block' })).toEqual({
      action: 'block',
      reason: 'there is a word at line 2, column 1',
    });
  });

  it('holds back only what may become a word', () => {
    const guardrail = wordGuardrail({ name: 'w', words: ['bad word', 'bade'] });
    expect(
      streamThrough(guardrail, ['a b', 'ad', ' w', 'ish, bad', 'er', ' ', 'bad wor', 'd', '.']).join('|'),
    ).toBe('a |||bad wish, |bader| |||[word].');
  });

  it('shows the beginning of what the whole is redacted to, however a stream is cut', async () => {
    const pieces = fc.array(
      fc.string({ unit: fc.constantFrom(...'bad wor-\u200b\u0301Ｂ'.split('')), maxLength: 6 }),
      { maxLength: 8 },
    );
    for (const match of ['words', 'anywhere'] as const) {
      const guardrail = wordGuardrail({
        name: 'w',
        words: ['bad', 'bad word', 'ad', 'wow'],
        match,
        replace: () => '·',
      });
      await fc.assert(
        fc.asyncProperty(pieces, (cut) => expectSafeStream(guardrail, cut)),
        { numRuns: 500 },
      );
    }
  });

  it('takes time by the length of the text, not by the number of words', async () => {
    const words = Array.from({ length: 20_000 }, (_, i) => `word${i.toString(36)}x`);
    const text = 'word1 and other words '.repeat(2_000);
    expect(await redacted(text, words)).toBe(text);
  });

  it.each([
    [[], 'has no words'],
    [['a', ' '], 'word 1 of guardrail "w" is empty'],
    [['\u200b'], 'word 0 of guardrail "w" is empty'],
    [['bad', 5], 'words of guardrail "w" is no list of texts'],
    ['bad', 'words of guardrail "w" is no list of texts'],
  ])('refuses %j', (words, problem) => {
    const options = { name: 'w', words } as WordGuardrailOptions;
    expect(() => wordGuardrail(options)).toThrow(problem);
  });
});
