import type { Tensor, TensorType } from '@aiwork/core';
import { typeOfNumber } from './element-types.ts';
import type { ExternalData } from './onnx-model.ts';
import { type FieldReaders, readCount, readMessage, readNumbers, unreadable } from './read-message.ts';

/** What a `TensorProto` holds: each writer puts elements where it likes. */
interface Fields {
  name: string;
  type: TensorType;
  readonly shape: number[];
  raw?: Uint8Array;
  readonly numbers: number[];
  readonly bigints: bigint[];
  readonly strings: string[];
  readonly external: Record<string, string>;
  isExternal: boolean;
}

export function typeNumbered(number: number): TensorType {
  const type = typeOfNumber.get(number);
  if (type === undefined) throw unreadable(`it has tensors of type ${number}, which is not known here`);
  return type;
}

/** The key and the value of a `StringStringEntryProto`. */
export function readEntry(bytes: Uint8Array): [key: string, value: string] {
  const entry: [string, string] = ['', ''];
  readMessage(bytes, {
    1: (reader) => {
      entry[0] = reader.string();
    },
    2: (reader) => {
      entry[1] = reader.string();
    },
  });
  return entry;
}

function readFields(bytes: Uint8Array): Fields {
  const fields: Fields = {
    name: '',
    type: 'float32',
    shape: [],
    numbers: [],
    bigints: [],
    strings: [],
    external: {},
    isExternal: false,
  };
  const bigints = readNumbers(fields.bigints, (reader) => BigInt(reader.int64()));
  const readers: FieldReaders = {
    1: readNumbers(fields.shape, readCount),
    2: (reader) => {
      fields.type = typeNumbered(reader.int32());
    },
    4: readNumbers(fields.numbers, (reader) => reader.float()),
    5: readNumbers(fields.numbers, (reader) => reader.int32()),
    6: (reader) => void fields.strings.push(reader.string()),
    7: bigints,
    8: (reader) => {
      fields.name = reader.string();
    },
    9: (reader) => {
      fields.raw = reader.bytes();
    },
    10: readNumbers(fields.numbers, (reader) => reader.double()),
    11: bigints,
    13: (reader) => {
      const [key, value] = readEntry(reader.bytes());
      fields.external[key] = value;
    },
    14: (reader) => {
      fields.isExternal = reader.int32() === 1;
    },
  };
  readMessage(bytes, readers);
  return fields;
}

/** Raw elements, copied to where an array of their size may begin. */
function alignedCopy({ name, raw }: Fields, elementBytes: number): ArrayBuffer | undefined {
  if (raw === undefined) return undefined;
  if (raw.byteLength % elementBytes !== 0) {
    throw unreadable(`initializer "${name}" has ${raw.byteLength} bytes, in elements of ${elementBytes}`);
  }
  return Uint8Array.from(raw).buffer;
}

function tensorOf(fields: Fields): Tensor {
  const { type, shape, numbers, bigints } = fields;
  const raw = (elementBytes: number) => alignedCopy(fields, elementBytes);
  switch (type) {
    case 'string':
      return { type, shape, data: fields.strings };
    case 'float64':
      return { type, shape, data: new Float64Array(raw(8) ?? numbers) };
    case 'float32':
      return { type, shape, data: new Float32Array(raw(4) ?? numbers) };
    case 'int64':
      return { type, shape, data: new BigInt64Array(raw(8) ?? bigints) };
    case 'uint64':
      return { type, shape, data: new BigUint64Array(raw(8) ?? bigints) };
    case 'int32':
      return { type, shape, data: new Int32Array(raw(4) ?? numbers) };
    case 'uint32':
      // Typed elements of this type are where those of 64 bits are.
      return { type, shape, data: new Uint32Array(raw(4) ?? bigints.map(Number)) };
    case 'int16':
      return { type, shape, data: new Int16Array(raw(2) ?? numbers) };
    case 'uint16':
    case 'float16':
    case 'bfloat16':
      return { type, shape, data: new Uint16Array(raw(2) ?? numbers) };
    case 'int8':
      return { type, shape, data: new Int8Array(raw(1) ?? numbers) };
    case 'uint8':
    case 'bool':
      return { type, shape, data: new Uint8Array(raw(1) ?? numbers) };
  }
}

function externalOf({ name, external }: Fields): ExternalData {
  const { location, offset, length } = external;
  if (location === undefined) throw unreadable(`initializer "${name}" does not say where its data are`);
  return {
    location,
    ...(offset !== undefined && { offset: Number(offset) }),
    ...(length !== undefined && { length: Number(length) }),
  };
}

export interface NamedTensor {
  readonly name: string;
  readonly value:
    | Tensor
    | { readonly type: TensorType; readonly shape: readonly number[]; readonly external: ExternalData };
}

export function readTensor(bytes: Uint8Array): NamedTensor {
  const fields = readFields(bytes);
  const { name, type, shape } = fields;
  if (fields.isExternal) return { name, value: { type, shape, external: externalOf(fields) } };
  const value = tensorOf(fields);
  const elements = shape.reduce((product, size) => product * size, 1);
  if (value.data.length !== elements) {
    throw unreadable(`initializer "${name}" has ${value.data.length} elements instead of ${elements}`);
  }
  return { name, value };
}
