import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, foldedText } from './fold.ts';

describe('fold', () => {
  it.each([
    ['Ab\u00ad c\t\n d', 'ab c d'],
    ['Straße ﬁ ㎏', 'strasse fi kg'],
    ['𝐛𝐚𝐝 😀', 'bad 😀'],
    ['\u200b\u200d', ''],
  ])('of %j is %j', (text, folded) => {
    expect(foldedText(fold(text, 'letters'))).toBe(folded);
  });

  it('has room for what becomes longer', () => {
    const text = '\ufdfa'.repeat(200);
    const folded = fold(text, 'letters');
    expect(foldedText(folded)).toBe('\ufdfa'.normalize('NFKD').repeat(200));
    expect(folded.starts.at(-1)).toBe(199);
    expect(folded.ends.at(-1)).toBe(200);
  });

  it('says of each letter what it stands for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const folded = fold(text, 'letters');
        let before = 0;
        for (const [i, start] of folded.starts.entries()) {
          const end = folded.ends[i] ?? 0;
          expect(start).toBeGreaterThanOrEqual(before);
          const own = foldedText(fold(text.slice(start, end), 'letters'));
          expect(own).toContain(String.fromCharCode(folded.units[i] ?? 0));
          before = start;
        }
      }),
      { numRuns: 500 },
    );
  });
});
