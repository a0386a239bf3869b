import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backtrackingPattern } from './backtracking-pattern.ts';
import { linearPattern } from './linear-pattern.ts';

const spec = (pattern: RegExp) => ({ source: pattern.source, flags: pattern.flags });
const textSpec = (source: string) => ({ source, flags: '' });

describe('linearPattern', { timeout: 30_000 }, () => {
  const alike = [
    /ab|b/,
    /a*?b/,
    /(a|ab)(c|bcd)(d*)/,
    /^a|b$/,
    /a.b/,
    /a.b/s,
    /[^\sa]+/,
    /\s+/,
    /\S+/,
    /[\S]b/,
    /\bab\b/,
    /[[a]b/,
    /[\]a-c]{2,3}/,
    /A|B/i,
    /\x61\u0062|\cJ/,
    /a{2}|b{1,}/,
    /(?<name>a)b/,
    /(?<=a)b/,
    /(?<!a)b/,
    /^(?=.*a)(?!.*bb).{2,}$/,
    /^(?!a(b|c))[abc]+$/,
    /^(?!$|a)/,
    /a\/b|\.|\*/,
  ];

  it.each([...alike.map(spec), ...['[^]a', '[]|a', '\\x41|\\x00'].map(textSpec)])(
    'finds what JavaScript finds with $source and flags "$flags"',
    (pattern) => {
      const linear = linearPattern(pattern);
      const backtracking = backtrackingPattern(pattern);
      fc.assert(
        fc.property(
          fc.string({ unit: fc.constantFrom(...'abcdAB[]/.* \n\r\u00a0\u2028'), maxLength: 12 }),
          (text) => {
            expect(linear.test(text)).toBe(backtracking.test(text));
            expect([...linear.matches(text)]).toEqual([...backtracking.matches(text)]);
          },
        ),
        { numRuns: 300 },
      );
    },
  );

  it('ends lines at line feeds with the flag m', () => {
    const linear = linearPattern({ source: '^a.c$', flags: 'm' });
    expect([...linear.matches('abc\nabc\r\nadc\nxabc')]).toEqual([
      [0, 3],
      [9, 12],
    ]);
  });

  it.each([
    [/\u{1F600}/u, 'a😀'],
    [/[😀]/u, '😀'],
    [/\ud83d\ude00/, '😀'],
    [/\p{L}+/u, 'äß'],
    [/\p{Script=Greek}/u, 'αβ'],
    [/./u, '😀'],
    [/\ud800/, 'a\ud800'],
  ])('finds what JavaScript finds with %s in Unicode text', (pattern, text) => {
    const linear = linearPattern(spec(pattern));
    expect([...linear.matches(text)]).toEqual([...backtrackingPattern(spec(pattern)).matches(text)]);
    expect(linear.test('plain')).toBe(new RegExp(pattern).test('plain'));
  });

  it.each(['^(?=a)*b', '^(?=a)|b', '(?=a)b', '^(?=a(?=b))a', 'a(?!b)'])(
    'refuses %s, whose lookahead is no leading condition',
    (source) => {
      expect(() => linearPattern({ source, flags: '' })).toThrow('lookahead');
    },
  );

  it('refuses a leading lookahead where ^ is the start of any line', () => {
    expect(() => linearPattern({ source: '^(?=a)b', flags: 'm' })).toThrow('lookahead');
  });

  it('reads what looks like a construct in a class as characters', () => {
    expect(linearPattern({ source: '[(?=)]+', flags: '' }).test('(?=)')).toBe(true);
  });

  it('says how much work a pattern is', () => {
    const small = linearPattern({ source: 'a{10}', flags: '' }).size;
    const large = linearPattern({ source: 'a{1000}', flags: '' }).size;
    expect(small).toBeLessThan(20);
    expect(large).toBeGreaterThan(1_000);
    expect(linearPattern({ source: '^(?=.*a{1000})b', flags: '' }).size).toBeGreaterThan(1_000);
  });

  it('takes time that grows with the text, not faster', () => {
    const pattern = linearPattern({ source: '^(a|aa)+(b|$)c', flags: '' });
    const time = (length: number) => {
      const text = 'a'.repeat(length);
      const started = performance.now();
      pattern.test(text);
      return performance.now() - started;
    };
    time(200_000);
    const best = (length: number) => Math.min(time(length), time(length), time(length));
    // Eight times the text; backtracking would not end before the sun does, quadratic time be 64 times.
    expect(best(800_000)).toBeLessThan(40 * Math.max(best(100_000), 0.5));
  });
});
