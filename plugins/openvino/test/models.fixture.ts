import { readFile } from 'node:fs/promises';
import type { Tensor } from '@aiwork/core';
import { type OnnxModel, writeOnnx } from '@aiwork/onnx-format';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** `y = x·w + 1` with `w` of 4 rows and 3 columns that count from 0: what every format below computes. */
const w = Float32Array.from({ length: 12 }, (_, n) => n);
const ones = Float32Array.of(1, 1, 1);

/** What the models are given, and what they have to make of it. */
export const rows: Tensor<'float32'> = {
  type: 'float32',
  shape: [2, 4],
  data: Float32Array.of(1, 1, 1, 1, 0, 0, 0, 2),
};
export const results = [19, 23, 27, 19, 21, 23];

export const linear: OnnxModel = {
  opsets: { '': 17 },
  irVersion: 8,
  inputs: [{ name: 'x', type: 'float32', shape: ['batch', 4] }],
  outputs: [{ name: 'y', type: 'float32', shape: ['batch', 3] }],
  nodes: [
    { operator: 'MatMul', name: 'product', inputs: ['x', 'w'], outputs: ['p'] },
    { operator: 'Add', name: 'sum', inputs: ['p', 'b'], outputs: ['y'] },
  ],
  initializers: [
    { name: 'w', type: 'float32', shape: [4, 3], data: w },
    { name: 'b', type: 'float32', shape: [3], data: ones },
  ],
};

export const linearOnnx = (): Uint8Array<ArrayBuffer> => writeOnnx(linear);

/** The same with `w` somewhere else. */
export const linearApart = (external: { location: string; offset?: number; length?: number }): Uint8Array =>
  writeOnnx({
    ...linear,
    initializers: [
      { name: 'w', type: 'float32', shape: [4, 3], external },
      { name: 'b', type: 'float32', shape: [3], data: ones },
    ],
  });

export const weightBytes = (): Uint8Array<ArrayBuffer> => new Uint8Array(w.buffer.slice(0));

const port = (id: number, sizes: readonly number[], names = ''): string =>
  `<port id="${id}" precision="FP32"${names && ` names="${names}"`}>${sizes.map((size) => `<dim>${size}</dim>`).join('')}</port>`;

/** In OpenVINO's own format, as text, with its weights in {@link linearBin}. */
export const linearIr = `<?xml version="1.0"?>
<net name="linear" version="11"><layers>
<layer id="0" name="x" type="Parameter" version="opset1"><data shape="?,4" element_type="f32"/><output>${port(0, [-1, 4], 'x')}</output></layer>
<layer id="1" name="w" type="Const" version="opset1"><data element_type="f32" shape="4,3" offset="0" size="48"/><output>${port(0, [4, 3])}</output></layer>
<layer id="2" name="p" type="MatMul" version="opset1"><data transpose_a="false" transpose_b="false"/><input>${port(0, [-1, 4])}${port(1, [4, 3])}</input><output>${port(2, [-1, 3])}</output></layer>
<layer id="3" name="b" type="Const" version="opset1"><data element_type="f32" shape="1,3" offset="48" size="12"/><output>${port(0, [1, 3])}</output></layer>
<layer id="4" name="y" type="Add" version="opset1"><data auto_broadcast="numpy"/><input>${port(0, [-1, 3])}${port(1, [1, 3])}</input><output>${port(2, [-1, 3], 'y')}</output></layer>
<layer id="5" name="y/sink" type="Result" version="opset1"><input>${port(0, [-1, 3])}</input></layer>
</layers><edges>
<edge from-layer="0" from-port="0" to-layer="2" to-port="0"/>
<edge from-layer="1" from-port="0" to-layer="2" to-port="1"/>
<edge from-layer="2" from-port="2" to-layer="4" to-port="0"/>
<edge from-layer="3" from-port="0" to-layer="4" to-port="1"/>
<edge from-layer="4" from-port="2" to-layer="5" to-port="0"/>
</edges></net>
`;

export const linearBin = (): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.concat([new Uint8Array(w.buffer), new Uint8Array(ones.buffer)]));

function message(write: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
}

const field = (writer: BinaryWriter, number: number, bytes: Uint8Array): BinaryWriter =>
  writer.tag(number, WireType.LengthDelimited).bytes(bytes);

const text = (writer: BinaryWriter, number: number, value: string): BinaryWriter =>
  writer.tag(number, WireType.LengthDelimited).string(value);

const shapeOf = (sizes: readonly number[]): Uint8Array =>
  message((writer) => {
    for (const size of sizes) {
      field(
        writer,
        2,
        message((dimension) => dimension.tag(1, WireType.Varint).int64(size)),
      );
    }
  });

const float = message((writer) => writer.tag(6, WireType.Varint).int32(1));

const tensor = (sizes: readonly number[], data: Float32Array): Uint8Array =>
  message((writer) => {
    const value = message((of) => {
      of.tag(1, WireType.Varint).int32(1);
      field(of, 2, shapeOf(sizes));
      field(of, 4, new Uint8Array(data.buffer));
    });
    field(writer, 8, value);
  });

interface GraphNode {
  readonly name: string;
  readonly operation: string;
  readonly inputs?: readonly string[];
  readonly attributes: Readonly<Record<string, Uint8Array>>;
}

const nodeOf = ({ name, operation, inputs = [], attributes }: GraphNode): Uint8Array =>
  message((writer) => {
    text(writer, 1, name);
    text(writer, 2, operation);
    for (const input of inputs) text(writer, 3, input);
    for (const [key, value] of Object.entries(attributes)) {
      field(
        writer,
        5,
        message((entry) => field(text(entry, 1, key), 2, value)),
      );
    }
  });

/** A frozen graph of TensorFlow. */
export const linearTensorFlow = (): Uint8Array =>
  message((writer) => {
    const nodes: readonly GraphNode[] = [
      {
        name: 'x',
        operation: 'Placeholder',
        attributes: { dtype: float, shape: message((of) => field(of, 7, shapeOf([-1, 4]))) },
      },
      { name: 'w', operation: 'Const', attributes: { dtype: float, value: tensor([4, 3], w) } },
      { name: 'b', operation: 'Const', attributes: { dtype: float, value: tensor([3], ones) } },
      { name: 'p', operation: 'MatMul', inputs: ['x', 'w'], attributes: { T: float } },
      { name: 'y', operation: 'AddV2', inputs: ['p', 'b'], attributes: { T: float } },
    ];
    for (const node of nodes) field(writer, 1, nodeOf(node));
  });

/** What the converter of TensorFlow 2.21 made of the same function. */
export const linearTfLite = (): Promise<Buffer> =>
  readFile(new URL('./models/linear.tflite', import.meta.url));
