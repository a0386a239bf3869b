import type { Tensor } from '@aiwork/core';
import type { Calls } from './calls.ts';
import { type CarriedType, elementNumbers, typeNumbered } from './element-types.ts';
import { EngineFailure } from './engine-failure.ts';
import { type Handle, memoryAt, type NativeShape, sizesAt } from './native.ts';

/**
 * Copies a tensor into memory of the engine, which has to be freed. The engine never sees memory of JavaScript: a caller
 * may change or transfer an array while it is read.
 */
export function toEngine({ native, got }: Calls, tensor: Exclude<Tensor, { type: 'string' }>): Handle {
  const { type, shape, data } = tensor;
  // An empty array has no address, which the engine wants even of a scalar.
  const dims = shape.length === 0 ? new BigInt64Array(1) : BigInt64Array.from(shape, BigInt);
  const handle = got<Handle>((slot) =>
    native.createTensor(elementNumbers[type], { rank: shape.length, dims }, slot),
  );
  if (data.byteLength > 0) {
    const address = got<Handle>((slot) => native.getTensorData(handle, slot));
    const from = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    new Uint8Array(memoryAt(address, data.byteLength)).set(from);
  }
  return handle;
}

const invalidParameter = -14;

function shapeOf({ native, check }: Calls, handle: Handle): readonly number[] {
  const shape: Partial<NativeShape> = {};
  const status = native.getTensorShape(handle, shape);
  // The C functions know no shape without dimensions, so they refuse to tell that of a scalar.
  if (status === invalidParameter) return [];
  check(status);
  try {
    return typeof shape.dims === 'bigint' ? sizesAt(shape.dims, Number(shape.rank ?? 0)) : [];
  } finally {
    native.freeShape(shape);
  }
}

const ofType = {
  bool: (buffer) => new Uint8Array(buffer),
  bfloat16: (buffer) => new Uint16Array(buffer),
  float16: (buffer) => new Uint16Array(buffer),
  float32: (buffer) => new Float32Array(buffer),
  float64: (buffer) => new Float64Array(buffer),
  int8: (buffer) => new Int8Array(buffer),
  int16: (buffer) => new Int16Array(buffer),
  int32: (buffer) => new Int32Array(buffer),
  int64: (buffer) => new BigInt64Array(buffer),
  uint8: (buffer) => new Uint8Array(buffer),
  uint16: (buffer) => new Uint16Array(buffer),
  uint32: (buffer) => new Uint32Array(buffer),
  uint64: (buffer) => new BigUint64Array(buffer),
} satisfies { readonly [T in CarriedType]: (buffer: ArrayBuffer) => Tensor<T>['data'] };

/** Copies a tensor of the engine into memory of JavaScript. */
export function fromEngine(calls: Calls, handle: Handle): Tensor {
  const { native, got } = calls;
  const number = got<number>((slot) => native.getTensorType(handle, slot));
  const type = typeNumbered(number);
  if (type === undefined) throw new EngineFailure(0, `it gave a tensor of its type ${number}`);
  const shape = shapeOf(calls, handle);
  const bytes = Number(got<number | bigint>((slot) => native.getTensorBytes(handle, slot)));
  const data =
    bytes === 0
      ? new ArrayBuffer(0)
      : memoryAt(
          got<Handle>((slot) => native.getTensorData(handle, slot)),
          bytes,
        ).slice(0);
  // The table above pairs each type with its array, which the compiler cannot follow through a lookup.
  return { type, shape, data: ofType[type](data) } as Tensor;
}
