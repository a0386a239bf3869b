import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** Where a tensor says its data are: `location`, and mostly `offset` and `length` in bytes. */
export type ExternalEntries = ReadonlyMap<string, string>;

type MapBytes = (bytes: Uint8Array) => Uint8Array;

/** A message with some of its fields replaced; all others stay byte for byte, unknown ones too. */
function mapMessage(bytes: Uint8Array, fields: Readonly<Record<number, MapBytes>>): Uint8Array {
  const reader = new BinaryReader(bytes);
  const writer = new BinaryWriter();
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [field, wireType] = reader.tag();
    const map = wireType === WireType.LengthDelimited ? fields[field] : undefined;
    if (map === undefined) {
      reader.skip(wireType, field);
      writer.raw(bytes.subarray(start, reader.pos));
    } else {
      writer.tag(field, WireType.LengthDelimited).bytes(map(reader.bytes()));
    }
  }
  return writer.finish();
}

function entryOf(bytes: Uint8Array): readonly [key: string, value: string] {
  const texts: [string, string] = ['', ''];
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (wireType === WireType.LengthDelimited && (field === 1 || field === 2))
      texts[field - 1] = reader.string();
    else reader.skip(wireType, field);
  }
  return texts;
}

function entriesOf(tensor: Uint8Array): ExternalEntries {
  const entries = new Map<string, string>();
  const reader = new BinaryReader(tensor);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (wireType === WireType.LengthDelimited && field === 13) entries.set(...entryOf(reader.bytes()));
    else reader.skip(wireType, field);
  }
  return entries;
}

function withEntries(tensor: Uint8Array, entries: ExternalEntries): Uint8Array {
  const nothing = new Uint8Array(0);
  const writer = new BinaryWriter();
  const reader = new BinaryReader(tensor);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [field, wireType] = reader.tag();
    reader.skip(wireType, field);
    writer.raw(field === 13 ? nothing : tensor.subarray(start, reader.pos));
  }
  for (const [key, value] of entries) {
    writer.tag(13, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(key).tag(2, WireType.LengthDelimited).string(value);
    writer.join();
  }
  return writer.finish();
}

/** Calls `visit` with the content of each field that has one, without copying any. */
function visitMessage(
  bytes: Uint8Array,
  fields: Readonly<Record<number, (bytes: Uint8Array) => void>>,
): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    const visit = wireType === WireType.LengthDelimited ? fields[field] : undefined;
    if (visit === undefined) reader.skip(wireType, field);
    else visit(reader.bytes());
  }
}

/** What is told of an ONNX model. */
export interface ModelVisitor {
  /** Of each tensor whose data lie outside, wherever in the model it is. */
  readonly external: (entries: ExternalEntries) => void;
  /** The name of the operation of each node. */
  readonly operator: (name: string) => void;
  /** Of each set of operators that it names. */
  readonly operatorSet: () => void;
}

const decoder = new TextDecoder();

/**
 * Looks through an ONNX model: its graph, attributes, branches and functions. That takes time by the number of its parts, not
 * of its bytes.
 *
 * @throws whatever the visitor throws, and a plain `Error` for bytes that are no ONNX model.
 */
export function visitModel(model: Uint8Array, { external, operator, operatorSet }: ModelVisitor): void {
  const tensor = (bytes: Uint8Array): void => {
    const entries = entriesOf(bytes);
    if (entries.size > 0) external(entries);
  };
  const sparse = (bytes: Uint8Array): void => visitMessage(bytes, { 1: tensor, 2: tensor });
  const graph = (bytes: Uint8Array): void => visitMessage(bytes, { 1: node, 5: tensor, 15: sparse });
  const attribute = (bytes: Uint8Array): void =>
    visitMessage(bytes, { 5: tensor, 6: graph, 10: tensor, 11: graph, 22: sparse, 23: sparse });
  const node = (bytes: Uint8Array): void =>
    visitMessage(bytes, { 4: (name) => operator(decoder.decode(name)), 5: attribute });
  visitMessage(model, { 7: graph, 8: operatorSet, 25: (bytes) => visitMessage(bytes, { 7: node }) });
}

/**
 * An ONNX model in which each tensor whose data lie outside has them where `place` says. It is written anew, so it is for
 * models that have such tensors, and are small for it.
 *
 * @throws whatever `place` throws, and a plain `Error` for bytes that are no ONNX model.
 */
export function placeExternalData(
  model: Uint8Array,
  place: (entries: ExternalEntries) => ExternalEntries,
): Uint8Array {
  const tensor: MapBytes = (bytes) => {
    const entries = entriesOf(bytes);
    return entries.size === 0 ? bytes : withEntries(bytes, place(entries));
  };
  const sparse: MapBytes = (bytes) => mapMessage(bytes, { 1: tensor, 2: tensor });
  const graph: MapBytes = (bytes) => mapMessage(bytes, { 1: node, 5: tensor, 15: sparse });
  const attribute: MapBytes = (bytes) =>
    mapMessage(bytes, { 5: tensor, 6: graph, 10: tensor, 11: graph, 22: sparse, 23: sparse });
  const node: MapBytes = (bytes) => mapMessage(bytes, { 5: attribute });
  return mapMessage(model, { 7: graph, 25: (bytes) => mapMessage(bytes, { 7: node }) });
}

/** The name of an input. */
function nameOf(value: Uint8Array): string {
  const reader = new BinaryReader(value);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1 && wireType === WireType.LengthDelimited) return reader.string();
    reader.skip(wireType, field);
  }
  return '';
}

/** A shape of so many dimensions, each of any size. */
function shapeOfRank(rank: number): Uint8Array {
  const writer = new BinaryWriter();
  for (let dimension = 0; dimension < rank; dimension += 1) {
    writer.tag(1, WireType.LengthDelimited).bytes(new Uint8Array(0));
  }
  return writer.finish();
}

/** A type of tensors with the shape added, which it leaves out. */
function withShape(tensorType: Uint8Array, rank: number): Uint8Array {
  const writer = new BinaryWriter();
  writer.raw(tensorType);
  writer.tag(2, WireType.LengthDelimited).bytes(shapeOfRank(rank));
  return writer.finish();
}

/**
 * An ONNX model whose inputs have as many dimensions as `ranks` says, where it leaves that open.
 *
 * @throws a plain `Error` for bytes that are no ONNX model.
 */
export function withRanks(model: Uint8Array, ranks: ReadonlyMap<string, number>): Uint8Array {
  const input: MapBytes = (bytes) => {
    const rank = ranks.get(nameOf(bytes));
    if (rank === undefined) return bytes;
    return mapMessage(bytes, {
      2: (type) => mapMessage(type, { 1: (tensorType) => withShape(tensorType, rank) }),
    });
  };
  return mapMessage(model, { 7: (graph) => mapMessage(graph, { 11: input }) });
}
