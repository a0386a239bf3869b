import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFolder, fold, foldedText } from './fold.ts';

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

  it('is the same part by part', () => {
    const char = fc.constantFrom(...'a 😀𝐛ﬁ\u0301\ud800\udc00\ufdfa');
    const isSame = (text: string, steps: readonly number[]) => {
      const folder = createFolder(text, 'letters');
      for (const step of [...steps.toSorted((a, b) => a - b), text.length])
        folder.upTo(Math.min(step, text.length));
      expect(folder.folded()).toEqual(fold(text, 'letters'));
    };
    fc.assert(fc.property(fc.string({ unit: char, maxLength: 30 }), fc.array(fc.nat(40)), isSame), {
      seed: 11,
    });
  });

  it('keeps half a character as it is', () => {
    expect(foldedText(fold('a\ud800b', 'letters'))).toBe('a\ud800b');
  });

  it('says of each letter what it stands for', () => {
    const isRight = (text: string) => {
      const { units, starts, ends } = fold(text, 'letters');
      return units.every((unit, i) => {
        const own = foldedText(fold(text.slice(starts[i], ends[i]), 'letters'));
        return own.includes(String.fromCharCode(unit)) && (starts[i] ?? 0) >= (starts[i - 1] ?? 0);
      });
    };
    const char = fc.constantFrom(...'aB ßﬁ㎏é\u0301\u00ad\u200b\t\ufdfaΣς한가😀𝐛\ud800'.split(/(?:)/u));
    fc.assert(fc.property(fc.string({ unit: char, maxLength: 20 }), isRight));
  });
});
