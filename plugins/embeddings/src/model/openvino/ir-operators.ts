import type { OnnxAttribute, OnnxNode } from '@aiwork/onnx-format';
import { type IrBuilder, only, type Port } from './ir-builder.ts';

/** Says what an operation of ONNX is in OpenVINO. Inputs are in the order of ONNX; names are those of the outputs. */
type Translate = (ir: IrBuilder, node: OnnxNode, inputs: readonly Port[]) => readonly Port[];

const numpy = { auto_broadcast: 'numpy' };

/** An operation of the same name and inputs in both. */
const elementwise =
  (type: string): Translate =>
  (ir, _, inputs) =>
    ir.add(type, 'opset1', numpy, inputs);

const reduction =
  (type: string, version: string): Translate =>
  (ir, node, inputs) =>
    ir.add(type, version, { keep_dims: int(node, 'keepdims', 1) === 1 ? 'true' : 'false' }, inputs);

const precisions: Readonly<Record<number, string>> = { 1: 'f32', 7: 'i64' };

/** The operations that graphs of encoders have. */
export const irOperators: Readonly<Record<string, Translate>> = {
  Add: elementwise('Add'),
  Sub: elementwise('Subtract'),
  Mul: elementwise('Multiply'),
  Div: elementwise('Divide'),
  Max: elementwise('Maximum'),
  Relu: (ir, _, inputs) => ir.add('ReLU', 'opset1', {}, inputs),
  Gelu: (ir, node, inputs) =>
    ir.add(
      'Gelu',
      'opset7',
      { approximation_mode: text(node, 'approximate') === 'tanh' ? 'TANH' : 'ERF' },
      inputs,
    ),
  Identity: (_, __, inputs) => inputs,
  Cast: (ir, node, inputs) =>
    ir.add('Convert', 'opset1', { destination_type: precisions[int(node, 'to', 0)] ?? '' }, inputs),
  MatMul: (ir, _, inputs) =>
    ir.add('MatMul', 'opset1', { transpose_a: 'false', transpose_b: 'false' }, inputs),
  Softmax: (ir, node, inputs) => ir.add('SoftMax', 'opset8', { axis: int(node, 'axis', -1) }, inputs),
  Reshape: (ir, _, inputs) => ir.add('Reshape', 'opset1', { special_zero: 'true' }, inputs),
  Transpose: (ir, node, inputs) =>
    ir.add('Transpose', 'opset1', {}, [...inputs, ir.integers(ints(node, 'perm'))]),
  Unsqueeze: (ir, _, inputs) => ir.add('Unsqueeze', 'opset1', {}, inputs),
  Squeeze: (ir, _, inputs) => ir.add('Squeeze', 'opset1', {}, inputs),
  Gather: (ir, node, inputs) =>
    ir.add('Gather', 'opset8', { batch_dims: 0 }, [...inputs, ir.integers([int(node, 'axis', 0)], [])]),
  Range: (ir, _, inputs) => ir.add('Range', 'opset4', { output_type: 'i64' }, inputs),
  ReduceSum: reduction('ReduceSum', 'opset1'),
  ReduceMax: reduction('ReduceMax', 'opset1'),
  ReduceL2: reduction('ReduceL2', 'opset4'),
  Shape: (ir, node, inputs) => {
    const all = ir.add('ShapeOf', 'opset3', { output_type: 'i64' }, inputs);
    const start = int(node, 'start', 0);
    const wanted = Array.from({ length: int(node, 'end', 0) - start }, (_, i) => start + i);
    return ir.add('Gather', 'opset8', { batch_dims: 0 }, [...all, ir.integers(wanted), ir.integers([0], [])]);
  },
  Slice: (ir, _, [data, start, stop, axes]) =>
    ir.add('Slice', 'opset8', {}, present([data, start, stop, ir.integers([1]), axes])),
  Split: (ir, node, [value]) => {
    const parts = int(node, 'num_outputs', 1);
    const axis = ir.integers([int(node, 'axis', 0)], []);
    const outputs = Array.from({ length: parts }, () => ({}));
    return ir.add('Split', 'opset1', { num_splits: parts }, present([value, axis]), outputs);
  },
  LayerNormalization: (ir, node, [value, scale, bias]) => {
    const mvn = ir.add(
      'MVN',
      'opset6',
      { eps: float(node, 'epsilon'), normalize_variance: 'true', eps_mode: 'inside_sqrt' },
      present([value, ir.integers([int(node, 'axis', -1)])]),
    );
    const scaled = ir.add('Multiply', 'opset1', numpy, present([...mvn, scale]));
    return ir.add('Add', 'opset1', numpy, present([only(scaled), bias]));
  },
};

function present(ports: readonly (Port | undefined)[]): readonly Port[] {
  return ports.map((port) => {
    if (!port) throw new TypeError('an operation of the graph lacks an input');
    return port;
  });
}

function attribute(node: OnnxNode, name: string): OnnxAttribute | undefined {
  return node.attributes?.[name];
}

function int(node: OnnxNode, name: string, without: number): number {
  const value = attribute(node, name);
  return value && 'int' in value ? Number(value.int) : without;
}

function float(node: OnnxNode, name: string): number {
  const value = attribute(node, name);
  return value && 'float' in value ? value.float : 0;
}

function ints(node: OnnxNode, name: string): readonly number[] {
  const value = attribute(node, name);
  return value && 'ints' in value ? value.ints.map(Number) : [];
}

function text(node: OnnxNode, name: string): string | undefined {
  const value = attribute(node, name);
  return value && 'string' in value ? value.string : undefined;
}
