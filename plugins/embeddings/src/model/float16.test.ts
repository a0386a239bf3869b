import { describe, expect, it } from 'vitest';
import { fromFloat16, toFloat16 } from './float16.ts';

const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
const isNumber = (bits: number) => (bits & 0x7c00) !== 0x7c00;

describe('toFloat16 and fromFloat16', () => {
  it('give back every half there is', () => {
    const numbers = all.filter(isNumber);
    expect(toFloat16(fromFloat16(numbers))).toEqual(numbers);
  });

  it('round to the nearest, of two to the even one', () => {
    const between = Float32Array.of(
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
      1 + 2 ** -11 + 2 ** -20,
      2 ** -25,
      3 * 2 ** -25,
    );
    expect([...toFloat16(between)]).toEqual([0x3c00, 0x3c02, 0x3c01, 0, 2]);
  });

  it('keep signs, infinities and NaN, and make too large numbers infinite', () => {
    const odd = Float32Array.of(-0, Infinity, -Infinity, NaN, 65504, 65519, 65520, -1e9);
    expect([...toFloat16(odd)]).toEqual([0x8000, 0x7c00, 0xfc00, 0x7e00, 0x7bff, 0x7bff, 0x7c00, 0xfc00]);
    expect(fromFloat16(Uint16Array.of(0x7c00, 0xfc00, 0x7e00, 0x8000))).toEqual(
      Float32Array.of(Infinity, -Infinity, NaN, -0),
    );
  });
});
