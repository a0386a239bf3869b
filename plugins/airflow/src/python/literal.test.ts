import { describe, expect, it } from 'vitest';
import { layOut } from './layout.ts';
import { literal, quote } from './literal.ts';

describe('quote', () => {
  it.each([
    ['plain', '"plain"'],
    ["it's", '"it\'s"'],
    ['say "hi"', '\'say "hi"\''],
    [`"it's" "so"`, `'"it\\'s" "so"'`],
    ['"""', `'"""'`],
    ['back\\slash', '"back\\\\slash"'],
    ['two\nlines\r\t', '"two\\nlines\\r\\t"'],
    ['\u2028\u0085\u0000', '"\\u2028\\u0085\\u0000"'],
    ['\u202Eright to left', '"\\u202eright to left"'],
    ['no\u00a0break', '"no\\u00a0break"'],
    ['\u{e0001}', '"\\U000e0001"'],
    ['prüfen 要約 😀', '"prüfen 要約 😀"'],
    ['{{ ds }}', '"{{ ds }}"'],
  ])('writes %j as a Python string', (text, python) => {
    expect(quote(text)).toBe(python);
  });

  it('refuses half of a character', () => {
    expect(() => quote('\ud800')).toThrow('unpaired surrogate');
  });
});

describe('literal', () => {
  it('writes JSON as Python, with keys in order', () => {
    const text = layOut(literal({ b: [1, 1e21, -0.5], a: { no: false, yes: true, none: null } }));
    expect(text).toBe('{"a": {"no": False, "none": None, "yes": True}, "b": [1, 1e+21, -0.5]}');
  });
});
