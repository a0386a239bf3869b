import type { Tensor } from '@aiwork/core';
import { type OnnxModel, writeOnnx } from '@aiwork/onnx-format';

const value = (name: string) => ({ name, type: 'float32', shape: ['rows', 256] }) as const;

/** Many products of matrices, one after the other: a model that takes its time. */
export function slowModel(products: number): Uint8Array {
  const name = (n: number) => (n === 0 ? 'x' : n === products ? 'y' : `x${n}`);
  const weights = new Float32Array(256 * 256).fill(1 / 256);
  const model: OnnxModel = {
    opsets: { '': 17 },
    irVersion: 8,
    inputs: [value('x')],
    outputs: [value('y')],
    nodes: Array.from({ length: products }, (_, n) => ({
      operator: 'MatMul',
      inputs: [name(n), 'w'],
      outputs: [name(n + 1)],
    })),
    initializers: [{ name: 'w', type: 'float32', shape: [256, 256], data: weights }],
  };
  return writeOnnx(model);
}

/** As many rows of ones, of which that model makes ones again. */
export const ones = (rows: number): Tensor<'float32'> => ({
  type: 'float32',
  shape: [rows, 256],
  data: new Float32Array(rows * 256).fill(1),
});
