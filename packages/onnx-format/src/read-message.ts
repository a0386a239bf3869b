import { AiworkError } from '@aiwork/core';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** Why bytes are no ONNX file that can be read. */
export function unreadable(why: string, cause?: unknown): AiworkError {
  return new AiworkError('AIWORK_MODEL_UNREADABLE', `this is no ONNX file, or a damaged one: ${why}`, {
    cause,
  });
}

/** Reads the value of a field that has this number; what has no reader is skipped. */
export type FieldReaders = Readonly<Record<number, (reader: BinaryReader, wireType: WireType) => void>>;

/** Reads a message field by field, in the order in which they are there. */
export function readMessage(bytes: Uint8Array, fields: FieldReaders): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    const read = fields[field];
    if (read === undefined) reader.skip(wireType, field);
    else read(reader, wireType);
  }
}

/** Numbers of a repeated field, which may be there one by one or packed. */
export function readNumbers<T>(into: T[], one: (reader: BinaryReader) => T): FieldReaders[number] {
  return (reader, wireType) => {
    if (wireType !== WireType.LengthDelimited) {
      into.push(one(reader));
      return;
    }
    const packed = new BinaryReader(reader.bytes());
    while (packed.pos < packed.len) into.push(one(packed));
  };
}

/** A size, an offset or a version, which all fit into a safe integer. */
export function readCount(reader: BinaryReader): number {
  const value = Number(reader.int64());
  if (!Number.isSafeInteger(value)) throw unreadable(`it has the number ${value}`);
  return value;
}
