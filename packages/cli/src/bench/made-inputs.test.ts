import type { TensorInfo } from '@aiwork/core';
import { checkInputs } from '@aiwork/core/adapter-kit';
import { describe, expect, it } from 'vitest';
import { madeInputs } from './made-inputs.ts';

const encoder: readonly TensorInfo[] = [
  { name: 'input_ids', type: 'int64', shape: ['batch', 'sequence'] },
  { name: 'attention_mask', type: 'int64', shape: ['batch', 'sequence'] },
  { name: 'token_type_ids', type: 'int64', shape: ['batch', 'sequence'] },
];

const types = [
  ...['float64', 'float32', 'float16', 'bfloat16', 'int64', 'int32', 'int16', 'int8'],
  ...['uint64', 'uint32', 'uint16', 'uint8', 'bool', 'string'],
] as TensorInfo['type'][];

describe('madeInputs', () => {
  it('are what a model takes, of every type and shape', () => {
    const shapes = [[], ['n'], ['?', 3, '?'], [2, 0], undefined];
    for (const type of types) {
      for (const shape of shapes) {
        const infos = [{ name: 'x', type, ...(shape && { shape }) }];
        checkInputs(madeInputs(infos, { batch: 2, sizes: {} }), infos);
      }
    }
  });

  it('have the batch in the first dimension that varies, wherever it is, and sizes in others', () => {
    const inputs = madeInputs(encoder, { batch: 4, sizes: { sequence: 7 } });
    expect(Object.values(inputs).map(({ shape }) => shape)).toEqual([
      [4, 7],
      [4, 7],
      [4, 7],
    ]);
    const unnamed = madeInputs([{ name: 'x', type: 'int8', shape: ['?', '?'] }], { batch: 4, sizes: {} });
    expect(unnamed['x']?.shape).toEqual([4, 128]);
  });

  it('are ids and masks that every encoder knows, and types of tokens that there is one of', () => {
    const inputs = madeInputs(encoder, { batch: 1, sizes: { sequence: 2 } });
    expect(Object.values(inputs).map(({ data }) => data)).toEqual([
      BigInt64Array.of(1n, 1n),
      BigInt64Array.of(1n, 1n),
      BigInt64Array.of(0n, 0n),
    ]);
  });
});
