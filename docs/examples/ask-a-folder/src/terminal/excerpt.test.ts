import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excerpt } from './excerpt.ts';
import { inSigns, marksFor } from './marks.ts';

const show = (sentence: string, words: string[], more: { nearness?: number; width?: number } = {}) => {
  const { width = 100, ...why } = more;
  return excerpt({ sentence, words, ...why }, { width, indent: '  ', mark: inSigns });
};

describe('excerpt', () => {
  it('marks the words that made the hit', () => {
    expect(show('A run crashes.', ['crash', 'run'])).toBe('  by words: A «run» «crashes».');
  });

  it('says how near a sentence is that has none of them', () => {
    expect(show('Umbrellas help.', [], { nearness: 0.5 })).toBe('  by meaning (0.50): Umbrellas help.');
    expect(show('A run.', ['run'], { nearness: 0.5 })).toBe('  by words and meaning (0.50): A «run».');
  });

  it('shows of a long sentence what is around the first of them', () => {
    const shown = show(`${'long '.repeat(100)}crash ${'more '.repeat(100)}`, ['crash'], { width: 1000 });
    expect(shown).toMatch(/^ {2}by words: … (long )+«crash»( more)+ …$/);
    expect(shown.length).toBeLessThan(280);
  });

  it('closes the mark of a word that is too long itself', () => {
    const word = 'z'.repeat(300);
    expect(show(word, [word], { width: 1000 })).toMatch(/^ {2}by words: «z+» …$/);
  });

  it('lets no text of a file steer the terminal, or pretend to be a mark', () => {
    expect(show('\u001b[31mA\uE000 crash\uE001', ['crash'])).toBe('  by words: A� «crash»�');
  });

  it('closes every mark it opens, in lines no longer than the terminal', () => {
    const word = fc.constantFrom('run', 'runs', 'a', 'crash', '…', 'x'.repeat(30), '«', '🐈');
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 120 }),
        fc.integer({ min: 60, max: 120 }),
        (said, width) => {
          const lines = excerpt(
            { sentence: said.join(' '), words: ['run'] },
            { width, indent: '  ', mark: (text) => `<${text}>` },
          );
          expect(lines).not.toMatch(/[\uE000\uE001]/);
          expect(lines.match(/</g)?.length).toBe(lines.match(/>/g)?.length);
          for (const line of lines.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
        },
      ),
      { seed: 9, numRuns: 300 },
    );
  });
});

describe('marks', () => {
  it('are colours where the stream has some, and else signs', () => {
    const coloured = marksFor({ hasColors: () => true })('run');
    expect(coloured).not.toBe('run');
    expect(stripVTControlCharacters(coloured)).toBe('run');
    expect(marksFor({ hasColors: () => false })('run')).toBe('«run»');
    expect(marksFor({})('run')).toBe('«run»');
  });
});
