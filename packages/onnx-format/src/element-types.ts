import type { TensorType } from '@aiwork/core';

/** Numbers of `TensorProto.DataType`. */
export const numberOfType: Readonly<Record<TensorType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
};

export const typeOfNumber: ReadonlyMap<number, TensorType> = new Map(
  (Object.keys(numberOfType) as TensorType[]).map((type) => [numberOfType[type], type]),
);
