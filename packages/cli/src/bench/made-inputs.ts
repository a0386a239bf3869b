import type { Tensor, TensorInfo } from '@aiwork/core';

export interface Sizes {
  /** Of the first dimension that varies, wherever it is. */
  readonly batch: number;
  /** Of others, by name. */
  readonly sizes: Readonly<Record<string, number>>;
}

/** Of a dimension that nobody has named. */
const otherwise = 128;

/** The name of the first dimension that varies, which is what inputs are put together by. */
function batchName(infos: readonly TensorInfo[]): string | undefined {
  for (const { shape } of infos) {
    const first = shape?.[0];
    if (typeof first === 'string') return first;
  }
  return undefined;
}

function sizeOf(axis: number | string, position: number, batch: string | undefined, sizes: Sizes): number {
  if (typeof axis === 'number') return axis;
  const isBatch = axis === '?' ? position === 0 : axis === batch;
  return sizes.sizes[axis] ?? (isBatch ? sizes.batch : otherwise);
}

/** 1 is a token and a place that counts; types of tokens there may be one of. */
const integerFor = (name: string): number => (/type/i.test(name) ? 0 : 1);

function made({ name, type }: TensorInfo, shape: readonly number[]): Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  const integer = integerFor(name);
  switch (type) {
    case 'float32':
      return { type, shape, data: new Float32Array(length).map(() => Math.random()) };
    case 'float64':
      return { type, shape, data: new Float64Array(length).map(() => Math.random()) };
    case 'float16':
      // The bits of 0.5.
      return { type, shape, data: new Uint16Array(length).fill(0x3800) };
    case 'bfloat16':
      return { type, shape, data: new Uint16Array(length).fill(0x3f00) };
    case 'int64':
      return { type, shape, data: new BigInt64Array(length).fill(BigInt(integer)) };
    case 'uint64':
      return { type, shape, data: new BigUint64Array(length).fill(BigInt(integer)) };
    case 'int32':
      return { type, shape, data: new Int32Array(length).fill(integer) };
    case 'uint32':
      return { type, shape, data: new Uint32Array(length).fill(integer) };
    case 'int16':
      return { type, shape, data: new Int16Array(length).fill(integer) };
    case 'uint16':
      return { type, shape, data: new Uint16Array(length).fill(integer) };
    case 'int8':
      return { type, shape, data: new Int8Array(length).fill(integer) };
    case 'uint8':
      return { type, shape, data: new Uint8Array(length).fill(integer) };
    case 'bool':
      return { type, shape, data: new Uint8Array(length).fill(1) };
    case 'string':
      return { type, shape, data: Array.from({ length }, () => 'a word or two') };
  }
}

/** Inputs as the model takes them, whose contents mean nothing. */
export function madeInputs(infos: readonly TensorInfo[], sizes: Sizes): Readonly<Record<string, Tensor>> {
  const batch = batchName(infos);
  const inputs = infos.map((info) => {
    const shape = (info.shape ?? ['?']).map((axis, position) => sizeOf(axis, position, batch, sizes));
    return [info.name, made(info, shape)] as const;
  });
  return Object.fromEntries(inputs);
}
