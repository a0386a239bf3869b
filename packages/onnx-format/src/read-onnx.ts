import { AiworkError } from '@aiwork/core';
import type { OnnxAttribute, OnnxInitializer, OnnxModel, OnnxNode, OnnxValue } from './onnx-model.ts';
import { readCount, readMessage, readNumbers, unreadable } from './read-message.ts';
import { readEntry, readTensor, typeNumbered } from './read-tensor.ts';

function readAttribute(bytes: Uint8Array): [name: string, attribute: OnnxAttribute] {
  let name = '';
  let kind = 0;
  let single: OnnxAttribute | undefined;
  const floats: number[] = [];
  const ints: bigint[] = [];
  const strings: string[] = [];
  readMessage(bytes, {
    1: (reader) => {
      name = reader.string();
    },
    2: (reader) => {
      single = { float: reader.float() };
    },
    3: (reader) => {
      single = { int: BigInt(reader.int64()) };
    },
    4: (reader) => {
      single = { string: reader.string() };
    },
    5: (reader) => {
      const { value } = readTensor(reader.bytes());
      if ('external' in value) throw unreadable(`attribute "${name}" has its data elsewhere`);
      single = { tensor: value };
    },
    7: readNumbers(floats, (reader) => reader.float()),
    8: readNumbers(ints, (reader) => BigInt(reader.int64())),
    9: (reader) => void strings.push(reader.string()),
    20: (reader) => {
      kind = reader.int32();
    },
  });
  const lists: Readonly<Record<number, OnnxAttribute>> = { 6: { floats }, 7: { ints }, 8: { strings } };
  const attribute = single ?? lists[kind];
  if (attribute === undefined)
    throw unreadable(`attribute "${name}" is of kind ${kind}, which is not known here`);
  return [name, attribute];
}

function readNode(bytes: Uint8Array): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: Record<string, OnnxAttribute> = {};
  const node: { operator: string; name?: string; domain?: string } = { operator: '' };
  readMessage(bytes, {
    1: (reader) => void inputs.push(reader.string()),
    2: (reader) => void outputs.push(reader.string()),
    3: (reader) => {
      node.name = reader.string();
    },
    4: (reader) => {
      node.operator = reader.string();
    },
    5: (reader) => {
      const [name, attribute] = readAttribute(reader.bytes());
      attributes[name] = attribute;
    },
    7: (reader) => {
      node.domain = reader.string();
    },
  });
  if (node.operator === '') throw unreadable('an operation has no name');
  return { ...node, inputs, outputs, ...(Object.keys(attributes).length > 0 && { attributes }) };
}

function readDimension(bytes: Uint8Array): number | string {
  let size: number | string = '?';
  readMessage(bytes, {
    1: (reader) => {
      size = readCount(reader);
    },
    2: (reader) => {
      size = reader.string() || '?';
    },
  });
  return size;
}

function readValue(bytes: Uint8Array): OnnxValue {
  let name = '';
  let type: OnnxValue['type'] | undefined;
  let shape: (number | string)[] | undefined;
  const readTensorType = (message: Uint8Array): void =>
    readMessage(message, {
      1: (reader) => {
        type = typeNumbered(reader.int32());
      },
      2: (reader) => {
        const sizes: (number | string)[] = [];
        readMessage(reader.bytes(), { 1: (inner) => void sizes.push(readDimension(inner.bytes())) });
        shape = sizes;
      },
    });
  readMessage(bytes, {
    1: (reader) => {
      name = reader.string();
    },
    2: (reader) => readMessage(reader.bytes(), { 1: (inner) => readTensorType(inner.bytes()) }),
  });
  if (type === undefined) throw unreadable(`"${name}" is no tensor`);
  return { name, type, ...(shape && { shape }) };
}

type Graph = Pick<OnnxModel, 'inputs' | 'outputs' | 'nodes' | 'name' | 'initializers'>;

function readGraph(bytes: Uint8Array): Graph {
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const nodes: OnnxNode[] = [];
  const initializers: OnnxInitializer[] = [];
  let name = '';
  readMessage(bytes, {
    1: (reader) => void nodes.push(readNode(reader.bytes())),
    2: (reader) => {
      name = reader.string();
    },
    5: (reader) => {
      const initializer = readTensor(reader.bytes());
      initializers.push({ name: initializer.name, ...initializer.value });
    },
    11: (reader) => void inputs.push(readValue(reader.bytes())),
    12: (reader) => void outputs.push(readValue(reader.bytes())),
  });
  return { name, inputs, outputs, nodes, initializers };
}

function readModel(bytes: Uint8Array): OnnxModel {
  let graph: Graph | undefined;
  let irVersion = 0;
  const opsets: Record<string, number> = {};
  const metadata: Record<string, string> = {};
  readMessage(bytes, {
    1: (reader) => {
      irVersion = readCount(reader);
    },
    7: (reader) => {
      graph = readGraph(reader.bytes());
    },
    8: (reader) => {
      let domain = '';
      let version = 0;
      readMessage(reader.bytes(), {
        1: (inner) => {
          domain = inner.string();
        },
        2: (inner) => {
          version = readCount(inner);
        },
      });
      opsets[domain] = version;
    },
    14: (reader) => {
      const [key, value] = readEntry(reader.bytes());
      metadata[key] = value;
    },
  });
  if (graph === undefined) throw unreadable('it has no graph');
  if (Object.keys(opsets).length === 0) throw unreadable('it does not say which operators it uses');
  return { opsets, irVersion, ...graph, metadata };
}

/**
 * What an ONNX file holds; the elements of its tensors are copied out of it.
 *
 * @throws `AIWORK_MODEL_UNREADABLE` for bytes that are damaged, cut off, or hold what {@link OnnxModel} does not, such as
 * graphs inside of operations.
 * @example
 * ```ts
 * import { readOnnx, writeOnnx } from '@aiwork/onnx-format';
 *
 * const x = { name: 'x', type: 'float32', shape: ['n'] } as const;
 * const nodes = [{ operator: 'Neg', inputs: ['x'], outputs: ['y'] }];
 * const bytes = writeOnnx({ opsets: { '': 17 }, inputs: [x], outputs: [{ ...x, name: 'y' }], nodes });
 * console.log(readOnnx(bytes).nodes[0]?.operator); // Neg
 * ```
 * @since 0.1.0
 */
export function readOnnx(bytes: Uint8Array): OnnxModel {
  return readable(() => readModel(bytes));
}

/**
 * What the graph of an ONNX file takes and gives, whatever else it holds: of a large file, little is read. Inputs that have
 * an initializer, which stands in for them, are among them.
 *
 * @throws `AIWORK_MODEL_UNREADABLE` for bytes that are damaged, and inputs or outputs that are no tensors.
 * @example
 * ```ts
 * import { readOnnxValues, writeOnnx } from '@aiwork/onnx-format';
 *
 * const any = { name: 'any', type: 'string' } as const;
 * const bytes = writeOnnx({ opsets: { '': 17 }, inputs: [any], outputs: [any], nodes: [] });
 * console.log(readOnnxValues(bytes).inputs); // [ { name: 'any', type: 'string' } ]
 * ```
 * @since 0.1.0
 */
export function readOnnxValues(bytes: Uint8Array): Pick<OnnxModel, 'inputs' | 'outputs'> {
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  readable(() =>
    readMessage(bytes, {
      7: (reader) =>
        readMessage(reader.bytes(), {
          11: (inner) => void inputs.push(readValue(inner.bytes())),
          12: (inner) => void outputs.push(readValue(inner.bytes())),
        }),
    }),
  );
  return { inputs, outputs };
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (AiworkError.isInstance(error)) throw error;
    throw unreadable(error instanceof Error ? error.message : String(error), error);
  }
}
