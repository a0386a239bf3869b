import type { Tensor } from '@aiwork/core';
import { type OnnxModel, writeOnnx } from '@aiwork/onnx-format';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { createOpenvinoRuntime } from '../src/index.ts';
import { skippedWithoutOpenvino } from '../src/openvino.fixture.ts';

const why = await skippedWithoutOpenvino();

const hidden = 64;
const heads = 4;

/** Numbers between -1 and 1 that look like chance. */
const numbers = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, n) => ((Math.imul(n + seed, 2654435761) >>> 0) / 2 ** 31 - 1) / 4);

const weight = (name: string, shape: readonly number[], seed: number) => ({
  name,
  type: 'float32' as const,
  shape,
  data: numbers(
    shape.reduce((all, size) => all * size, 1),
    seed,
  ),
});

const sizes = (name: string, ...data: number[]) => ({
  name,
  type: 'int64' as const,
  shape: [data.length],
  data: BigInt64Array.from(data, BigInt),
});

const node = (operator: string, inputs: string[], output: string, attributes = {}) => ({
  operator,
  name: output,
  inputs,
  outputs: [output],
  attributes,
});

/** A layer of an encoder: embedding, attention with a mask, normalisation, GELU, and the mean of the tokens. */
const encoder: OnnxModel = {
  opsets: { '': 20 },
  irVersion: 9,
  inputs: [
    { name: 'ids', type: 'int64', shape: ['batch', 'tokens'] },
    { name: 'mask', type: 'float32', shape: ['batch', 1, 1, 'tokens'] },
  ],
  outputs: [{ name: 'vectors', type: 'float32', shape: ['batch', hidden] }],
  initializers: [
    weight('words', [100, hidden], 1),
    ...['q', 'k', 'v', 'o'].map((name, n) => weight(name, [hidden, hidden], 100_000 * (n + 2))),
    weight('up', [hidden, 4 * hidden], 7),
    weight('down', [4 * hidden, hidden], 8),
    weight('scale', [hidden], 9),
    weight('shift', [hidden], 10),
    sizes('split', 0, -1, heads, hidden / heads),
    sizes('join', 0, -1, hidden),
    sizes('overTokens', 1),
    { name: 'root', type: 'float32', shape: [], data: Float32Array.of(4) },
  ],
  nodes: [
    node('Gather', ['words', 'ids'], 'e'),
    ...['q', 'k', 'v'].flatMap((name) => [
      node('MatMul', ['e', name], `${name}Flat`),
      node('Reshape', [`${name}Flat`, 'split'], `${name}Split`),
      node('Transpose', [`${name}Split`], `${name}Heads`, {
        perm: { ints: name === 'k' ? [0, 2, 3, 1] : [0, 2, 1, 3] },
      }),
    ]),
    node('MatMul', ['qHeads', 'kHeads'], 'raw'),
    node('Div', ['raw', 'root'], 'scaled'),
    node('Add', ['scaled', 'mask'], 'masked'),
    node('Softmax', ['masked'], 'attention', { axis: { int: -1 } }),
    node('MatMul', ['attention', 'vHeads'], 'seen'),
    node('Transpose', ['seen'], 'seenByToken', { perm: { ints: [0, 2, 1, 3] } }),
    node('Reshape', ['seenByToken', 'join'], 'joined'),
    node('MatMul', ['joined', 'o'], 'out'),
    node('Add', ['out', 'e'], 'residual'),
    node('LayerNormalization', ['residual', 'scale', 'shift'], 'normed', { axis: { int: -1 } }),
    node('MatMul', ['normed', 'up'], 'wide'),
    node('Gelu', ['wide'], 'active'),
    node('MatMul', ['active', 'down'], 'narrow'),
    node('ReduceMean', ['narrow', 'overTokens'], 'vectors', { keepdims: { int: 0 } }),
  ],
};

function batch(
  rows: number,
  tokens: number,
): { readonly ids: Tensor<'int64'>; readonly mask: Tensor<'float32'> } {
  const ids = BigInt64Array.from({ length: rows * tokens }, (_, n) => BigInt((n * 37 + rows) % 100));
  const mask = Float32Array.from({ length: rows * tokens }, (_, n) => (n % tokens < tokens - 2 ? 0 : -1e4));
  return {
    ids: { type: 'int64', shape: [rows, tokens], data: ids },
    mask: { type: 'float32', shape: [rows, 1, 1, tokens], data: mask },
  };
}

describe.skipIf(why !== '')(`OpenVINO${why}`, () => {
  it('comes to the same as ONNX Runtime, to four digits', { timeout: 60_000 }, async () => {
    const bytes = writeOnnx(encoder);
    const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 });
    await using runtime = await createOpenvinoRuntime();
    await using model = await runtime.load({ model: bytes });
    for (const [rows, tokens] of [
      [1, 4],
      [3, 17],
      [8, 128],
      [1, 1],
    ] as const) {
      const { ids, mask } = batch(rows, tokens);
      const { vectors: seen } = await model.infer({ ids, mask });
      const { vectors: expected } = await session.run({
        ids: new OrtTensor('int64', ids.data, ids.shape),
        mask: new OrtTensor('float32', mask.data, mask.shape),
      });
      expect(seen?.shape).toEqual(expected?.dims);
      const elements = Array.from((expected?.data ?? []) as Float32Array);
      expect(elements).toHaveLength(rows * hidden);
      const largest = Math.max(...elements.map(Math.abs));
      const worst = Math.max(...elements.map((element, n) => Math.abs(element - Number(seen?.data[n]))));
      expect(worst / largest).toBeLessThan(1e-4);
    }
    await session.release();
  });
});
