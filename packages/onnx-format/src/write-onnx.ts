import type { Tensor } from '@aiwork/core';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { numberOfType } from './element-types.ts';
import type { OnnxAttribute, OnnxInitializer, OnnxModel, OnnxNode, OnnxValue } from './onnx-model.ts';

const { Varint, LengthDelimited, Bit32 } = WireType;

function writeMessage(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, LengthDelimited).fork();
  write();
  writer.join();
}

function writeText(writer: BinaryWriter, field: number, text: string): void {
  writer.tag(field, LengthDelimited).string(text);
}

function writeEntries(
  writer: BinaryWriter,
  field: number,
  entries: Iterable<readonly [string, string]>,
): void {
  for (const [key, value] of entries) {
    writeMessage(writer, field, () => {
      writeText(writer, 1, key);
      writeText(writer, 2, value);
    });
  }
}

function writeElements(writer: BinaryWriter, { type, data }: Tensor): void {
  if (type === 'string') {
    for (const text of data) writeText(writer, 6, text);
  } else {
    writer.tag(9, LengthDelimited).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
}

function writeTensor(writer: BinaryWriter, tensor: Tensor | OnnxInitializer): void {
  for (const size of tensor.shape) writer.tag(1, Varint).int64(size);
  writer.tag(2, Varint).int32(numberOfType[tensor.type]);
  if ('name' in tensor) writeText(writer, 8, tensor.name);
  if ('external' in tensor) {
    const entries = Object.entries(tensor.external).filter(([, value]) => value !== undefined);
    writeEntries(
      writer,
      13,
      entries.map(([key, value]) => [key, String(value)] as const),
    );
    writer.tag(14, Varint).int32(1);
  } else {
    writeElements(writer, tensor);
  }
}

function writeAttribute(writer: BinaryWriter, name: string, attribute: OnnxAttribute): void {
  const writeKind = (kind: number): void => void writer.tag(20, Varint).int32(kind);
  writeText(writer, 1, name);
  if ('float' in attribute) {
    writer.tag(2, Bit32).float(attribute.float);
    writeKind(1);
  } else if ('int' in attribute) {
    writer.tag(3, Varint).int64(attribute.int);
    writeKind(2);
  } else if ('string' in attribute) {
    writeText(writer, 4, attribute.string);
    writeKind(3);
  } else if ('tensor' in attribute) {
    writeMessage(writer, 5, () => writeTensor(writer, attribute.tensor));
    writeKind(4);
  } else if ('floats' in attribute) {
    for (const float of attribute.floats) writer.tag(7, Bit32).float(float);
    writeKind(6);
  } else if ('ints' in attribute) {
    for (const int of attribute.ints) writer.tag(8, Varint).int64(int);
    writeKind(7);
  } else {
    for (const text of attribute.strings) writeText(writer, 9, text);
    writeKind(8);
  }
}

function writeNode(writer: BinaryWriter, node: OnnxNode): void {
  for (const input of node.inputs) writeText(writer, 1, input);
  for (const output of node.outputs) writeText(writer, 2, output);
  if (node.name !== undefined) writeText(writer, 3, node.name);
  writeText(writer, 4, node.operator);
  for (const [name, attribute] of Object.entries(node.attributes ?? {})) {
    writeMessage(writer, 5, () => writeAttribute(writer, name, attribute));
  }
  if (node.domain !== undefined) writeText(writer, 7, node.domain);
}

function writeShape(writer: BinaryWriter, shape: readonly (number | string)[]): void {
  for (const size of shape) {
    writeMessage(writer, 1, () => {
      if (typeof size === 'number') writer.tag(1, Varint).int64(size);
      else if (size !== '?') writeText(writer, 2, size);
    });
  }
}

function writeValue(writer: BinaryWriter, { name, type, shape }: OnnxValue): void {
  writeText(writer, 1, name);
  writeMessage(writer, 2, () => {
    writeMessage(writer, 1, () => {
      writer.tag(1, Varint).int32(numberOfType[type]);
      if (shape !== undefined) writeMessage(writer, 2, () => writeShape(writer, shape));
    });
  });
}

function writeGraph(writer: BinaryWriter, { name, nodes, initializers, inputs, outputs }: OnnxModel): void {
  for (const node of nodes) writeMessage(writer, 1, () => writeNode(writer, node));
  writeText(writer, 2, name ?? 'graph');
  for (const initializer of initializers ?? [])
    writeMessage(writer, 5, () => writeTensor(writer, initializer));
  for (const input of inputs) writeMessage(writer, 11, () => writeValue(writer, input));
  for (const output of outputs) writeMessage(writer, 12, () => writeValue(writer, output));
}

/**
 * The ONNX file of a model. It says what it is given: whether the operations fit each other is for an engine to say.
 *
 * A file is limited to 2 GiB, so let large initializers be `external`.
 *
 * @example
 * ```ts
 * import { writeOnnx } from '@aiwork/onnx-format';
 *
 * const bytes = writeOnnx({
 *   opsets: { '': 17 },
 *   inputs: [{ name: 'x', type: 'float32', shape: ['batch', 2] }],
 *   outputs: [{ name: 'y', type: 'float32', shape: ['batch', 2] }],
 *   nodes: [{ operator: 'Add', inputs: ['x', 'bias'], outputs: ['y'] }],
 *   initializers: [{ name: 'bias', type: 'float32', shape: [2], data: Float32Array.of(1, 2) }],
 * });
 * console.log(bytes.byteLength); // 109
 * ```
 * @since 0.1.0
 */
export function writeOnnx(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  writer.tag(1, Varint).int64(model.irVersion ?? 10);
  writeText(writer, 2, 'aiwork');
  writeMessage(writer, 7, () => writeGraph(writer, model));
  for (const [domain, version] of Object.entries(model.opsets)) {
    writeMessage(writer, 8, () => {
      writeText(writer, 1, domain);
      writer.tag(2, Varint).int64(version);
    });
  }
  writeEntries(writer, 14, Object.entries(model.metadata ?? {}));
  return writer.finish();
}
