import type { Tensor, TensorData, TensorType } from '@aiwork/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OnnxAttribute, type OnnxModel, readOnnx, readOnnxValues, writeOnnx } from './index.ts';

const value = { name: 'x', type: 'float32', shape: ['batch', 2, '?'] } as const;

const model = (changes: Partial<OnnxModel>): OnnxModel => ({
  opsets: { '': 17 },
  irVersion: 9,
  name: 'tested',
  inputs: [value],
  outputs: [{ ...value, name: 'y' }],
  nodes: [{ operator: 'Neg', inputs: ['x'], outputs: ['y'] }],
  initializers: [],
  metadata: {},
  ...changes,
});

const data: { readonly [T in TensorType]: TensorData[T] } = {
  float64: Float64Array.of(-0, Number.MIN_VALUE, Infinity),
  float32: Float32Array.of(1.5, -2, NaN),
  float16: Uint16Array.of(0x3c00, 0x7c00, 1),
  bfloat16: Uint16Array.of(0x3f80, 0x7f80, 1),
  int64: BigInt64Array.of(-(2n ** 63n), 0n, 2n ** 63n - 1n),
  int32: Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1),
  int16: Int16Array.of(-32768, 0, 32767),
  int8: Int8Array.of(-128, 0, 127),
  uint64: BigUint64Array.of(0n, 1n, 2n ** 64n - 1n),
  uint32: Uint32Array.of(0, 1, 2 ** 32 - 1),
  uint16: Uint16Array.of(0, 1, 65535),
  uint8: Uint8Array.of(0, 1, 255),
  bool: Uint8Array.of(0, 1, 1),
  string: ['', 'Zürich', '🜁'],
};

describe('writeOnnx and readOnnx', () => {
  it.each(Object.entries(data))('keep a tensor of %s', (type, elements) => {
    const tensor = { type, shape: [3, 1], data: elements } as Tensor;
    const initializers = [{ name: 'w', ...tensor }];
    expect(readOnnx(writeOnnx(model({ initializers }))).initializers).toEqual(initializers);
  });

  it('keep scalars and tensors of no elements', () => {
    const initializers = [
      { name: 'scalar', type: 'int64', shape: [], data: BigInt64Array.of(7n) },
      { name: 'empty', type: 'float32', shape: [0, 4], data: new Float32Array(0) },
    ] as const;
    expect(readOnnx(writeOnnx(model({ initializers }))).initializers).toEqual(initializers);
  });

  it('keep where data are that are not in the file', () => {
    const at = { location: 'model.arrow', offset: 2 ** 40, length: 8 };
    const initializers = [
      { name: 'w', type: 'float32', shape: [2], external: at },
      { name: 'all', type: 'int8', shape: [8], external: { location: 'all.bin' } },
    ] as const;
    expect(readOnnx(writeOnnx(model({ initializers }))).initializers).toEqual(initializers);
  });

  it('keep every kind of attribute', () => {
    const attributes: Record<string, OnnxAttribute> = {
      axis: { int: -1n },
      epsilon: { float: 0.5 },
      mode: { string: 'linear' },
      value: { tensor: { type: 'float32', shape: [1], data: Float32Array.of(3) } },
      perm: { ints: [0n, 2n, 1n] },
      none: { ints: [] },
      scales: { floats: [1, 0.25] },
      words: { strings: ['a', 'ü'] },
    };
    const nodes = [
      { operator: 'Any', domain: 'of.others', name: 'n', inputs: ['x', ''], outputs: ['y'], attributes },
    ];
    expect(readOnnx(writeOnnx(model({ nodes }))).nodes).toEqual(nodes);
  });

  it('keep names, versions, metadata and inputs of open rank', () => {
    const whole = model({
      opsets: { '': 21, 'com.microsoft': 1 },
      inputs: [
        { name: 'any', type: 'string' },
        { name: 'one', type: 'bool', shape: [] },
      ],
      metadata: { made: 'for a test' },
    });
    expect(readOnnx(writeOnnx(whole))).toEqual(whole);
  });

  it('reads elements that other writers put into fields of their type', () => {
    // TensorProto: dims 2, data_type FLOAT, float_data packed 1.5 and -2, name "w".
    const tensor = [8, 2, 16, 1, 34, 8, 0, 0, 192, 63, 0, 0, 0, 192, 66, 1, 119];
    const graph = [42, tensor.length, ...tensor];
    const bytes = Uint8Array.from([58, graph.length, ...graph, 66, 2, 16, 17]);
    expect(readOnnx(bytes).initializers).toEqual([
      { name: 'w', type: 'float32', shape: [2], data: Float32Array.of(1.5, -2) },
    ]);
  });
});

describe('readOnnx', () => {
  const initializers = [{ name: 'w', type: 'float32', shape: [4], data: new Float32Array(4) }] as const;
  const whole = writeOnnx(model({ initializers }));

  it.each(Array.from({ length: whole.byteLength }, (_, bytes) => bytes))(
    'refuses a file that is cut off after %i bytes',
    (bytes) => {
      expect(() => readOnnx(whole.subarray(0, bytes))).toThrow('this is no ONNX file, or a damaged one');
    },
  );

  it('reads or refuses whatever it is given', () => {
    const damaged = fc
      .array(fc.tuple(fc.nat(whole.byteLength - 1), fc.nat(255)), { minLength: 1, maxLength: 5 })
      .map((changes) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        return bytes;
      });
    const anything = fc.oneof(damaged, fc.uint8Array({ maxLength: 200 }));
    fc.assert(
      fc.property(anything, (bytes) => {
        try {
          readOnnx(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: 'AIWORK_MODEL_UNREADABLE' });
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('readOnnxValues', () => {
  it('reads inputs and outputs, and nothing that readOnnx does not know', () => {
    const nodes = [
      { operator: 'If', inputs: ['x'], outputs: ['y'], attributes: { then_branch: { int: 1 } } },
    ];
    const bytes = writeOnnx(model({ nodes }));
    expect(readOnnxValues(bytes)).toEqual({ inputs: [value], outputs: [{ ...value, name: 'y' }] });
    // The attribute's kind becomes GRAPH, and its integer a field that is not known.
    const graph = Buffer.from(bytes);
    const at = graph.indexOf('then_branch') + 'then_branch'.length;
    graph[at] = 7 << 3;
    expect(() => readOnnx(graph)).toThrow('damaged');
    expect(readOnnxValues(graph).inputs).toEqual([value]);
  });

  it('refuses what is cut off', () => {
    expect(() => readOnnxValues(writeOnnx(model({})).subarray(0, 40))).toThrow('this is no ONNX file');
  });
});
