import type { OnnxAttribute, OnnxInitializer, OnnxNode } from '@aiwork/onnx-format';
import type { ModelTensorInfo } from '../model-tensor.ts';

/** Name of a value of a graph. */
export type Value = string;

type Attributes = Readonly<Record<string, OnnxAttribute>>;

/** Collects the operations of a graph in the order in which they are added. */
export interface GraphBuilder {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  /** Adds an operation, and names what it gives. */
  add(operator: string, inputs: readonly Value[], attributes?: Attributes): Value;
  /** Adds one that gives several values. */
  split(input: Value, parts: number): readonly Value[];
  /** Adds an operation that gives the value of this name. */
  name(name: Value, operator: string, inputs: readonly Value[], attributes?: Attributes): Value;
  /** A list of whole numbers that is part of the graph. */
  integers(...values: readonly number[]): Value;
  /** A number that is part of the graph. */
  scalar(value: number): Value;
  /** A tensor whose elements are elsewhere. */
  weight(tensor: ModelTensorInfo): Value;
}

/** @param external - Says where a tensor's elements are. */
export function graphBuilder(
  external: (tensor: ModelTensorInfo) => { location: string; offset: number; length: number },
): GraphBuilder {
  const nodes: OnnxNode[] = [];
  const initializers = new Map<Value, OnnxInitializer>();
  let values = 0;
  const fresh = () => {
    values += 1;
    return `v${values}`;
  };
  const keep = (initializer: OnnxInitializer): Value => {
    if (!initializers.has(initializer.name)) initializers.set(initializer.name, initializer);
    return initializer.name;
  };
  const push = (
    operator: string,
    inputs: readonly Value[],
    outputs: Value[],
    attributes: Attributes = {},
  ) => {
    nodes.push({ operator, inputs, outputs, attributes, name: `${operator}_${nodes.length}` });
    return outputs;
  };
  return {
    nodes,
    get initializers() {
      return [...initializers.values()];
    },
    add: (operator, inputs, attributes) => {
      const output = fresh();
      push(operator, inputs, [output], attributes);
      return output;
    },
    split: (input, parts) =>
      push('Split', [input], Array.from({ length: parts }, fresh), {
        axis: { int: -1 },
        num_outputs: { int: parts },
      }),
    name: (name, operator, inputs, attributes) => {
      push(operator, inputs, [name], attributes);
      return name;
    },
    integers: (...numbers) =>
      keep({
        name: `integers:${numbers.join()}`,
        type: 'int64',
        shape: [numbers.length],
        data: BigInt64Array.from(numbers, BigInt),
      }),
    scalar: (value) =>
      keep({ name: `scalar:${value}`, type: 'float32', shape: [], data: Float32Array.of(value) }),
    weight: ({ name, type, shape }) => keep({ name, type, shape, external: external({ name, type, shape }) }),
  };
}
