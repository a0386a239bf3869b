import type { LoadedModel, Tensor } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { accuracyDrop } from './accuracy.ts';

/** A model that gives what a function of its input gives. */
function modelOf(outputs: (x: number) => Readonly<Record<string, Tensor>>): LoadedModel {
  const close = async (): Promise<void> => {};
  return {
    inputs: [{ name: 'x', type: 'float32', shape: [] }],
    outputs: [],
    ranOn: { device: 'none' },
    infer: async ({ x }) => outputs(Number(x?.data[0])),
    profile: async () => [],
    close,
    [Symbol.asyncDispose]: close,
  };
}

const floats = (...data: number[]): Tensor => ({
  type: 'float32',
  shape: [data.length],
  data: Float32Array.from(data),
});
const ids = (...data: number[]): Tensor => ({
  type: 'int32',
  shape: [data.length],
  data: Int32Array.from(data),
});

const samples = [{ x: 3 }, { x: 4 }];
const drop = (
  original: (x: number) => Record<string, Tensor>,
  smaller: (x: number) => Record<string, Tensor>,
) => accuracyDrop(modelOf(original), modelOf(smaller), samples, () => {});

describe('accuracyDrop', () => {
  it('is nothing of the same', async () => {
    const same = (x: number) => ({ y: floats(x, -x), label: ids(x) });
    expect(await drop(same, same)).toEqual({ drop: 0, worstDrop: 0 });
  });

  it('is the length of the difference, over all samples, and of the worst', async () => {
    const seen = await drop(
      (x) => ({ y: floats(x, 0) }),
      (x) => ({ y: floats(x, x === 3 ? 3 : 0) }),
    );
    expect(seen.drop).toBeCloseTo(3 / 5);
    expect(seen.worstDrop).toBeCloseTo(1);
  });

  it('is of the output that loses most', async () => {
    const seen = await drop(
      (x) => ({ fine: floats(x), label: ids(1, 2, 3, 4) }),
      (x) => ({ fine: floats(x), label: ids(1, 2, 3, x) }),
    );
    expect(seen).toEqual({ drop: 1 / 8, worstDrop: 1 / 4 });
  });

  it.each([
    ['not a number', floats(Number.NaN)],
    ['of another size', floats(3, 3)],
  ])('is not small where an output is %s', async (_, y) => {
    const seen = await drop(
      (x) => ({ y: floats(x) }),
      () => ({ y }),
    );
    expect(seen.drop).toBeGreaterThanOrEqual(1);
  });

  it('is endless where zeros became something', async () => {
    const seen = await drop(
      () => ({ y: floats(0) }),
      () => ({ y: floats(1) }),
    );
    expect(seen.drop).toBe(Number.POSITIVE_INFINITY);
  });
});
