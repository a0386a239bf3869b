import type { Tensor } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { inMemory, layer } from '../src/contracts/model-runtime/models.ts';
import { agreesWith, sameTensor } from '../src/index.ts';
import { operations } from '../src/saboteurs/model-runtime/reference-operations.ts';
import { createReferenceRuntime } from '../src/saboteurs/model-runtime/reference-runtime.ts';

const floats = (shape: readonly number[], ...elements: readonly number[]): Tensor => ({
  type: 'float32',
  shape,
  data: Float32Array.from(elements),
});

const batches = [1, 2].map((rows) => ({ x: floats([rows, 4], ...Array(4 * rows).fill(0.5)) }));

/** Adds a little too much. */
const offBy = (difference: number) =>
  createReferenceRuntime({
    operations: {
      ...operations,
      Add: (operands) => {
        const sum = operations['Add']?.(operands) as Tensor<'float32'>;
        return { ...sum, data: sum.data.map((x) => x + difference) };
      },
    },
  });

describe('agreesWith', () => {
  it('is content with two runtimes that differ by less than the tolerance', async () => {
    await using one = createReferenceRuntime();
    await using other = offBy(0.001);
    await agreesWith(one, other, inMemory(layer), batches, { absolute: 0.01 });
    await agreesWith(one, one, inMemory(layer), batches, { absolute: 0 });
  });

  it('names the output and the element that differ by more', async () => {
    await using one = createReferenceRuntime();
    await using other = offBy(0.1);
    await expect(agreesWith(one, other, inMemory(layer), batches, { absolute: 0.01 })).rejects.toThrow(
      /element 0 of output "y" of reference, as reference has it, to be 8\.6.*; seen: 8\.5/,
    );
  });
});

describe('sameTensor', () => {
  const one = floats([2], 1, 100);

  it.each<[string, Tensor | undefined, string]>([
    ['nothing', undefined, 'the output to be float32 [2]; seen: none'],
    ['another shape', floats([1, 2], 1, 100), 'seen: float32 [1, 2]'],
    ['too few elements', floats([2], 1), 'the output to have 2 elements; seen: 1'],
    ['another element', floats([2], 1, 103), 'element 1 of the output to be 100; seen: 103'],
    ['what is no number', floats([2], Number.NaN, 100), 'element 0 of the output to be 1; seen: NaN'],
  ])('refuses %s', (_, seen, message) => {
    expect(() => sameTensor(seen, one, { absolute: 0.5, relative: 0.01 }, 'the output')).toThrow(message);
  });

  it('takes the tolerance as a part of the larger number, in addition', () => {
    sameTensor(floats([2], 1.5, 101), one, { absolute: 0.5, relative: 0.01 }, 'the output');
  });

  it('tells -0 from 0 without a tolerance, and NaN from nothing else', () => {
    const zero = floats([2], 0, Number.NaN);
    sameTensor(zero, zero, { absolute: 0 }, 'the output');
    expect(() => sameTensor(floats([2], -0, Number.NaN), zero, { absolute: 0 }, 'it')).toThrow(
      'element 0 of it',
    );
    const words: Tensor = { type: 'string', shape: [1], data: ['a'] };
    expect(() => sameTensor({ ...words, data: ['b'] }, words, { absolute: 9 }, 'it')).toThrow(
      'element 0 of it',
    );
  });
});
