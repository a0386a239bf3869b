import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterPrefix, compareCodePoints } from './code-point-order.ts';

const text = fc.string({ unit: 'binary' });

describe('the order of code points', () => {
  it('is the order of bytes in UTF-8', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });

  it('puts the end of a prefix behind everything that starts with it, and before everything else', () => {
    fc.assert(
      fc.property(text, text, (prefix, other) => {
        const end = afterPrefix(prefix);
        if (end === undefined) {
          expect(prefix).toMatch(/^\u{10ffff}*$/u);
          return;
        }
        const within = compareCodePoints(prefix, other) <= 0 && compareCodePoints(other, end) < 0;
        expect(within).toBe(other.startsWith(prefix));
        expect(compareCodePoints(prefix + other, end)).toBeLessThan(0);
      }),
    );
  });

  it.each([
    ['a', 'b'],
    ['a\u{10ffff}', 'b'],
    ['\ud7ff', '\ue000'],
    ['\uffff', '\u{10000}'],
    ['', undefined],
    ['\u{10ffff}', undefined],
  ])('ends %j at %j', (prefix, end) => {
    expect(afterPrefix(prefix)).toBe(end);
  });
});
