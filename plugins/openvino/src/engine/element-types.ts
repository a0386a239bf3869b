import type { TensorType } from '@aiwork/core';

/**
 * Numbers of `ov_element_type_e` that tensors of ours have a name for. The engine's other types (4-bit, 6-bit and 8-bit
 * floats, text) cannot be carried.
 */
export const elementTypes: ReadonlyMap<number, TensorType> = new Map([
  [1, 'bool'],
  [2, 'bfloat16'],
  [3, 'float16'],
  [4, 'float32'],
  [5, 'float64'],
  [7, 'int8'],
  [8, 'int16'],
  [9, 'int32'],
  [10, 'int64'],
  [16, 'uint8'],
  [17, 'uint16'],
  [18, 'uint32'],
  [19, 'uint64'],
]);
