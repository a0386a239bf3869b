import { describe, expect, it } from 'vitest';
import { unlike } from './unlike.ts';

describe('what would not come back as it was given', () => {
  it.each([
    [{ a: 7 }, { a: '7' }, 'a is a number, and would come back as a string'],
    [{ a: 'SEND' }, { a: 'NEW' }, 'a is a string that it does not know'],
    [{ a: 2 ** 40 }, { a: 0 }, 'a would come back as 0'],
    [{ a: { b: [1, { c: 1 }] } }, { a: { b: [1, {}] } }, 'a.b[1].c is not in it'],
    [{ a: [1, 2] }, { a: [1] }, 'a would come back with 1 items'],
    [{ a: 1.5 }, { a: 1n }, 'a is no integer that a number holds exactly'],
    [{ a: 2 ** 60 }, { a: 2n ** 60n }, 'a is no integer that a number holds exactly'],
    [{ a: Buffer.of(1) }, { a: Buffer.of(2) }, 'a would come back as other bytes'],
    [{ a: {} }, { a: null }, 'a is an object, and would come back as nothing'],
    [{ a: 1n }, { a: 2n }, 'a is a bigint that it does not know'],
  ])('is named with its place: %o', (given, back, expected) => {
    expect(unlike(given, back)).toBe(expected);
  });

  it.each([
    [{ a: 0.1 }, { a: Math.fround(0.1), b: 'default' }],
    [{ a: 5 }, { a: 5n }],
    [{ a: undefined, b: null }, {}],
    [{ a: Number.NaN }, { a: Number.NaN }],
    [{ a: new Uint8Array([1]) }, { a: Buffer.of(1) }],
  ])('is nothing in %o', (given, back) => {
    expect(unlike(given, back)).toBeUndefined();
  });
});
