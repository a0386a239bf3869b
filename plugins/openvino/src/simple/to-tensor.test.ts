import { describe, expect, it } from 'vitest';
import { toTensor } from './to-tensor.ts';

describe('toTensor', () => {
  it('has as many dimensions as there are brackets', () => {
    expect(toTensor('x', 'float32', 7)).toEqual({ type: 'float32', shape: [], data: Float32Array.of(7) });
    expect(toTensor('x', 'int64', [[1, 2n]])).toEqual({
      type: 'int64',
      shape: [1, 2],
      data: BigInt64Array.of(1n, 2n),
    });
    expect(toTensor('x', 'int8', [])).toEqual({ type: 'int8', shape: [0], data: new Int8Array(0) });
    expect(toTensor('x', 'float64', [[], []]).shape).toEqual([2, 0]);
    expect(toTensor('x', 'bool', [true, false, 1])).toEqual({
      type: 'bool',
      shape: [3],
      data: Uint8Array.of(1, 0, 1),
    });
  });

  it.each([
    ['uneven lists', [[1, 2], [3]]],
    ['numbers beside lists', [[1], 2]],
    ['lists beside numbers', [1, [2]]],
  ])('refuses %s', (_, nested) => {
    expect(() => toTensor('x', 'float32', nested)).toThrow('"x" have different lengths');
  });

  it.each([
    ['int8', 128],
    ['uint8', -1],
    ['int32', 0.5],
    ['uint32', 2 ** 32],
    ['int64', 2 ** 53],
    ['uint64', -1n],
    ['int64', 2n ** 63n],
    ['float32', true],
    ['int16', Number.NaN],
  ] as const)('refuses what %s does not hold: %s', (type, element) => {
    expect(() => toTensor('x', type, [element])).toThrow(`no ${type}`);
  });

  it('makes no tensors of bits', () => {
    expect(() => toTensor('x', 'float16', [1])).toThrow('give a tensor, with its bits');
  });
});
