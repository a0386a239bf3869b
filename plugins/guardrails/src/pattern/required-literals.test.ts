import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearPattern } from './linear-pattern.ts';
import { requiredLiterals } from './required-literals.ts';
import { syntaxTree } from './syntax-tree.ts';
import { tokenize } from './tokens.ts';

const literalsOf = (pattern: RegExp) => {
  const branches = syntaxTree(tokenize(pattern.source));
  return branches && requiredLiterals(branches);
};

describe('requiredLiterals', () => {
  it.each<[RegExp, readonly (readonly string[])[]]>([
    [/abc/, [['abc']]],
    [/\bghp_[A-Z]{36}/, [['ghp_']]],
    [/x(?:foo|bar)+y/, [['foo', 'bar']]],
    [/foo|bar/, [['foo', 'bar']]],
    [/foo|b?/, []],
    [/(?:foo)?b/, []],
    [/a?bc.de/, [['bc'], ['de']]],
    [/[a-z]+:\/\/x/, [['://x']]],
    [/a\.b\d/, [['a.b']]],
    [/\w+\s\d/, []],
    [/a{3}/, []],
    [/(?:ab){0,3}c/, []],
    [/[a-z]+:\/\/[^:]*:[^@]+@/, [['://'], [':'], ['@']]],
    [/\w+@(?:\w+\.)+\w+/, [['@'], ['.']]],
    [/a@b.cd|x-y.z|w\+/, [['a@b', 'x-y', 'w+']]],
  ])('of %o are %j', (pattern, expected) => {
    expect(literalsOf(pattern)).toEqual(expected);
  });

  it('are in all that the pattern matches', () => {
    for (const pattern of [
      /ab|ba(?:ab|bb)c/,
      /b\.+a.c/,
      /(?:\.a|\.c)b+\./,
      /a(?:bb|cc)+a?/,
      /(?:ab)+c{2}/,
      /\bab(?:c|\.c)/,
      /^abc$/m,
    ]) {
      const expression = new RegExp(pattern.source, pattern.flags);
      const linear = linearPattern({ source: pattern.source, flags: pattern.flags });
      fc.assert(
        fc.property(fc.string({ unit: fc.constantFrom(...'abc.\n'.split('')), maxLength: 10 }), (text) => {
          expect(linear.test(text)).toBe(expression.test(text));
          expect([...linear.matches(text)].length > 0).toBe(expression.test(text));
        }),
        { numRuns: 300 },
      );
    }
  });
});
