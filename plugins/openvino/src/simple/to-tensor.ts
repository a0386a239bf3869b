import { AiworkError, type Tensor, type TensorType } from '@aiwork/core';

type Element = number | bigint | boolean;

/** Elements in as many brackets as a tensor has dimensions. @since 0.1.0 */
export type NestedNumbers = Element | readonly NestedNumbers[];

const refusal = (code: 'AIWORK_TENSOR_SHAPE' | 'AIWORK_TENSOR_TYPE', message: string): AiworkError =>
  new AiworkError(code, message, { outcome: 'not-applied' });

const isList = (value: NestedNumbers): value is readonly NestedNumbers[] => Array.isArray(value);

function shapeOf(value: NestedNumbers): readonly number[] {
  if (!isList(value)) return [];
  const [first] = value;
  return first === undefined ? [value.length] : [value.length, ...shapeOf(first)];
}

function collect(name: string, value: NestedNumbers, shape: readonly number[], into: Element[]): void {
  const [size, ...inner] = shape;
  if (size === undefined) {
    if (isList(value)) throw uneven(name);
    into.push(value);
    return;
  }
  if (!isList(value) || value.length !== size) throw uneven(name);
  for (const each of value) collect(name, each, inner, into);
}

const uneven = (name: string): AiworkError =>
  refusal(
    'AIWORK_TENSOR_SHAPE',
    `the lists of input "${name}" have different lengths: make them equally long`,
  );

const limits: Partial<Record<TensorType, readonly [least: number, greatest: number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  int8: [-128, 127],
  uint32: [0, 2 ** 32 - 1],
  uint16: [0, 65_535],
  uint8: [0, 255],
};

const bigLimits: Partial<Record<TensorType, readonly [least: bigint, greatest: bigint]>> = {
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

const wrongElement = (name: string, type: TensorType): AiworkError =>
  refusal('AIWORK_TENSOR_TYPE', `input "${name}" holds an element that is no ${type}, which the model takes`);

function numbers(name: string, type: TensorType, elements: readonly Element[]): readonly number[] {
  const range = limits[type];
  return elements.map((element) => {
    const value = Number(element);
    const fits = range === undefined || (Number.isInteger(value) && value >= range[0] && value <= range[1]);
    if (typeof element === 'boolean' || !fits) throw wrongElement(name, type);
    return value;
  });
}

function bigints(name: string, type: TensorType, elements: readonly Element[]): readonly bigint[] {
  const range = bigLimits[type];
  return elements.map((element) => {
    if (typeof element === 'boolean' || (typeof element === 'number' && !Number.isSafeInteger(element))) {
      throw wrongElement(name, type);
    }
    const value = BigInt(element);
    if (range !== undefined && (value < range[0] || value > range[1])) throw wrongElement(name, type);
    return value;
  });
}

/**
 * A tensor of the elements, of the type that the model takes.
 *
 * @throws `AIWORK_TENSOR_SHAPE` for lists of different lengths, `AIWORK_TENSOR_TYPE` for elements the type does not hold.
 */
export function toTensor(name: string, type: TensorType, nested: NestedNumbers): Tensor {
  const shape = shapeOf(nested);
  const elements: Element[] = [];
  collect(name, nested, shape, elements);
  const plain = (): readonly number[] => numbers(name, type, elements);
  switch (type) {
    case 'float32':
      return { type, shape, data: Float32Array.from(plain()) };
    case 'float64':
      return { type, shape, data: Float64Array.from(plain()) };
    case 'int64':
      return { type, shape, data: BigInt64Array.from(bigints(name, type, elements)) };
    case 'uint64':
      return { type, shape, data: BigUint64Array.from(bigints(name, type, elements)) };
    case 'int32':
      return { type, shape, data: Int32Array.from(plain()) };
    case 'int16':
      return { type, shape, data: Int16Array.from(plain()) };
    case 'int8':
      return { type, shape, data: Int8Array.from(plain()) };
    case 'uint32':
      return { type, shape, data: Uint32Array.from(plain()) };
    case 'uint16':
      return { type, shape, data: Uint16Array.from(plain()) };
    case 'uint8':
      return { type, shape, data: Uint8Array.from(plain()) };
    case 'bool':
      return { type, shape, data: Uint8Array.from(elements, (element) => (element ? 1 : 0)) };
    default:
      throw refusal('AIWORK_TENSOR_TYPE', `input "${name}" takes ${type}: give a tensor, with its bits`);
  }
}
