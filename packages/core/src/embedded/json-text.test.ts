import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJsonText } from './json-text.ts';

const circular: { self?: unknown } = {};
circular.self = circular;

describe('the JSON of a stored value', () => {
  it('reads back as the same value, for all JSON data', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        expect(JSON.parse(toJsonText(value, 'it'))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('takes undefined properties as absent', () => {
    expect(toJsonText({ a: undefined, b: 1 }, 'it')).toBe('{"b":1}');
  });

  it('takes objects without a prototype', () => {
    expect(toJsonText(Object.assign(Object.create(null), { a: 1 }), 'it')).toBe('{"a":1}');
  });

  it.each([
    [Number.NaN, 'it is NaN'],
    [{ a: [1, Number.POSITIVE_INFINITY] }, 'it at .a[1] is Infinity'],
    [[undefined], 'it at [0] is undefined'],
    [() => 1, 'it is a function'],
    [Symbol('s'), 'it is a symbol'],
    [new Map(), 'it is a Map'],
    [{ a: { b: new Date(0) } }, 'it at .a.b is a Date'],
    [{ a: { toJSON: () => 1 } }, 'it at .a is a Object'],
    [Object.create(Object.create({})), 'it is a Object'],
    [1n, 'bigint'],
    [circular, 'circular'],
  ])('refuses %s', (value, message) => {
    expect(() => toJsonText(value, 'it')).toThrowError(
      expect.objectContaining({ code: 'AIWORK_NOT_SERIALIZABLE', message: expect.stringContaining(message) }),
    );
  });
});
