import type { OnnxInitializer, OnnxModel, OnnxNode } from '@aiwork/onnx-format';
import type { PlacedTensors } from '../file/place-tensors.ts';
import { type IrBuilder, irBuilder, only, type Port } from './ir-builder.ts';
import { irOperators } from './ir-operators.ts';

/** A network in OpenVINO's own format: its description, and its weights. */
export interface OpenVinoIr {
  readonly xml: string;
  readonly weights: Uint8Array;
}

const elementTypes: Readonly<Record<string, string>> = {
  float32: 'f32',
  float16: 'f16',
  int8: 'i8',
  uint8: 'u8',
  int64: 'i64',
};

/** Writes the graph of an encoder in OpenVINO's own format, over the same tensors. */
export function openVinoIr(graph: OnnxModel, placed: PlacedTensors): OpenVinoIr {
  const ir = irBuilder(placed.bytes.byteLength);
  const values = new Map<string, Port>();
  for (const { name, type, shape = [] } of graph.inputs) {
    const attributes = {
      shape: shape.map((size) => (typeof size === 'number' ? size : '?')).join(','),
      element_type: elementTypes[type] ?? '',
    };
    const output = {
      name,
      precision: 'I64',
      shape: shape.map((size) => (typeof size === 'number' ? size : -1)),
    };
    values.set(name, only(ir.add('Parameter', 'opset1', attributes, [], [output])));
  }
  const initializers = new Map((graph.initializers ?? []).map((each) => [each.name, each]));
  const portOf = (name: string): Port => {
    const known = values.get(name);
    if (known) return known;
    const made = constantOf(ir, initializers.get(name), name);
    values.set(name, made);
    return made;
  };
  const producers = new Map(
    graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)),
  );
  for (const node of graph.nodes) {
    const outputs = translate(ir, node, portOf, producers, placed);
    for (const [i, name] of node.outputs.entries()) {
      const port = outputs[i];
      if (port) values.set(name, port);
    }
  }
  for (const { name } of graph.outputs) {
    // Converts nothing, and is removed: it has the name that the output is asked for by.
    const named = ir.add('Convert', 'opset1', { destination_type: 'f32' }, [portOf(name)], [{ name }]);
    ir.add('Result', 'opset1', {}, named, []);
  }
  return { xml: ir.xml(graph.name ?? 'encoder'), weights: Buffer.concat([placed.bytes, ir.constants]) };
}

function constantOf(ir: IrBuilder, initializer: OnnxInitializer | undefined, name: string): Port {
  if (!initializer) throw new TypeError(`the graph has no value ${name}`);
  const { type, shape } = initializer;
  if ('external' in initializer) {
    const { offset = 0, length = 0 } = initializer.external;
    return ir.constant(elementTypes[type] ?? '', shape, offset, length);
  }
  if (initializer.type === 'int64') return ir.integers([...initializer.data].map(Number), shape);
  if (initializer.type === 'float32') return ir.floats([...initializer.data], shape);
  throw new TypeError(`the graph has a constant of ${type}`);
}

function translate(
  ir: IrBuilder,
  node: OnnxNode,
  portOf: (name: string) => Port,
  producers: ReadonlyMap<string, OnnxNode>,
  placed: PlacedTensors,
): readonly Port[] {
  const [first = '', second = ''] = node.inputs;
  // What is quantized is dequantized at once: one operation here, which the engine looks for.
  if (node.operator === 'QuantizeLinear') return [];
  if (node.operator === 'DequantizeLinear') {
    const quantized = producers.get(first);
    return quantized
      ? fakeQuantize(ir, portOf(quantized.inputs[0] ?? ''), node, placed)
      : widened(ir, portOf(first), portOf(second));
  }
  const operator = irOperators[node.operator];
  if (!operator) throw new TypeError(`the graph has the operation ${node.operator}`);
  return operator(ir, node, node.inputs.map(portOf));
}

/** Inputs in steps: 256 of them, from what the least stands for to what the greatest does. */
function fakeQuantize(ir: IrBuilder, value: Port, node: OnnxNode, placed: PlacedTensors): readonly Port[] {
  const [, scale = '', zero = ''] = node.inputs;
  const bytesOf = (name: string) => {
    const place = placed.places.get(name);
    if (!place) throw new TypeError(`the graph has no tensor ${name}`);
    return Buffer.from(placed.bytes.buffer, placed.bytes.byteOffset + place.offset, place.length);
  };
  const step = bytesOf(scale).readFloatLE();
  const least = -bytesOf(zero).readUInt8() * step;
  const ends = [ir.floats([least], []), ir.floats([least + 255 * step], [])];
  return ir.add('FakeQuantize', 'opset1', { levels: 256, auto_broadcast: 'numpy' }, [
    value,
    ...ends,
    ...ends,
  ]);
}

function widened(ir: IrBuilder, weights: Port, scale: Port): readonly Port[] {
  const floats = ir.add('Convert', 'opset1', { destination_type: 'f32' }, [weights]);
  return ir.add('Multiply', 'opset1', { auto_broadcast: 'numpy' }, [...floats, scale]);
}
