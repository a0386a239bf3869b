import type { Tensor, TensorInfo, TensorType } from '@aiwork/core';
import { type OnnxInitializer, type OnnxModel, type OnnxNode, writeOnnx } from '@aiwork/onnx-format';

type Shape = NonNullable<TensorInfo['shape']>;

/** What a model takes or gives. */
const value = (name: string, type: TensorType, shape: Shape): TensorInfo => ({ name, type, shape });

function model(
  nodes: readonly OnnxNode[],
  inputs: readonly TensorInfo[],
  outputs: readonly TensorInfo[],
  initializers: readonly OnnxInitializer[] = [],
): OnnxModel {
  return { opsets: { '': 17 }, irVersion: 8, nodes, inputs, outputs, initializers };
}

const node = (operator: string, inputs: readonly string[], output: string): OnnxNode => ({
  operator,
  name: `${operator}-of-${output}`,
  inputs,
  outputs: [output],
});

/** A tensor of `float32`. */
export const floats = (shape: readonly number[], ...elements: readonly number[]): Tensor<'float32'> => ({
  type: 'float32',
  shape,
  data: Float32Array.from(elements),
});

/** Gives `x` twice, as `y` and as `again`. */
export const passOn = (type: TensorType, shape: Shape): OnnxModel =>
  model(
    [node('Identity', ['x'], 'y'), node('Identity', ['x'], 'again')],
    [value('x', type, shape)],
    [value('y', type, shape), value('again', type, shape)],
  );

/** The negation of `x`, of any rank. */
export const negateAny: OnnxModel = model(
  [node('Neg', ['x'], 'y')],
  [{ name: 'x', type: 'float32' }],
  [{ name: 'y', type: 'float32' }],
);

export const weights = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const bias = Float32Array.of(0.5, -0.5);

function linear(w: OnnxInitializer): OnnxModel {
  return model(
    [node('MatMul', ['x', 'w'], 'product'), node('Add', ['product', 'b'], 'y')],
    [value('x', 'float32', ['batch', 4])],
    [value('y', 'float32', ['batch', 2])],
    [w, { name: 'b', type: 'float32', shape: [2], data: bias }],
  );
}

const shape = [4, 2];

/** `y = x·w + b`, for rows of four. */
export const layer: OnnxModel = linear({ name: 'w', type: 'float32', shape, data: weights });

/** The same, with `w` in the second half of `weights.bin`. */
export const layerApart: OnnxModel = linear({
  name: 'w',
  type: 'float32',
  shape,
  external: { location: 'weights.bin', offset: 32, length: 32 },
});

/** What lies in `weights.bin`. */
export function weightsFile(): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(64);
  file.set(new Uint8Array(weights.buffer), 32);
  return file;
}

/** What {@link layer} makes of one row, in twice the bits. */
export const layerOf = (row: readonly number[]): readonly number[] =>
  [0, 1].map((column) =>
    row.reduce((sum, x, i) => sum + x * (weights[2 * i + column] ?? 0), bias[column] ?? 0),
  );

/** The sum of two inputs. */
export const sum: OnnxModel = model(
  [node('Add', ['a', 'b'], 'sum')],
  [value('a', 'float32', ['n', 2]), value('b', 'float32', ['n', 2])],
  [value('sum', 'float32', ['n', 2])],
);

/**
 * As many rows and columns of zeros as `size` says, which may be more than there is memory. Each of the two fits into 32
 * bits, which is all that some engines compute in.
 */
export const zeros: OnnxModel = model(
  [node('ConstantOfShape', ['size'], 'y')],
  [value('size', 'int64', [2])],
  [value('y', 'float32', ['rows', 'columns'])],
);

/** `x` in the shape `to`, which may not fit. */
export const reshape: OnnxModel = model(
  [node('Reshape', ['x', 'to'], 'y')],
  [value('x', 'float32', ['n']), value('to', 'int64', [2])],
  [value('y', 'float32', ['rows', 'columns'])],
);

/** An operation that nobody has, of ONNX's own operators or of a domain that nobody has either. */
export const unknownOperation = (domain: string): OnnxModel => ({
  ...model(
    [{ ...node('Frobnicate', ['x'], 'y'), domain }],
    [value('x', 'float32', ['n'])],
    [value('y', 'float32', ['n'])],
  ),
  opsets: { '': 17, [domain]: domain === '' ? 17 : 1 },
});

/** Its ONNX file, as a source. */
export const inMemory = (of: OnnxModel): { readonly model: Uint8Array<ArrayBuffer> } => ({
  model: writeOnnx(of),
});
