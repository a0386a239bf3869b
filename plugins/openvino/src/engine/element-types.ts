import type { TensorType } from '@aiwork/core';

/** The types of tensors that can be carried; the engine has others of fewer than 8 bits, and text. */
export type CarriedType = Exclude<TensorType, 'string'>;

/** Numbers of `ov_element_type_e`. */
export const elementNumbers: Readonly<Record<CarriedType, number>> = {
  bool: 1,
  bfloat16: 2,
  float16: 3,
  float32: 4,
  float64: 5,
  int8: 7,
  int16: 8,
  int32: 9,
  int64: 10,
  uint8: 16,
  uint16: 17,
  uint32: 18,
  uint64: 19,
};

export const carriedTypes = Object.keys(elementNumbers) as readonly CarriedType[];

const typesByNumber = new Map(carriedTypes.map((type) => [elementNumbers[type], type]));

/** The type of a number, or `undefined` for one that cannot be carried. */
export const typeNumbered = (number: number): CarriedType | undefined => typesByNumber.get(number);
