import { crc32 } from 'node:zlib';
import {
  Binary,
  Data,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Struct,
  Uint32,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { unsupported } from '../model-error.ts';
import type { ModelTensor } from '../model-tensor.ts';
import type { ModelHeader } from './model-format.ts';
import { type ModelColumns, modelSchema, shapeType } from './model-schema.ts';
import { alignmentBytes } from './place-tensors.ts';

/** A model as it goes into a file. Its tensors are asked for one by one. */
export interface ModelContents {
  readonly header: ModelHeader;
  readonly tokenizer: string;
  readonly tensors: AsyncIterable<ModelTensor> | Iterable<ModelTensor>;
}

/** What the offsets of a binary column of Arrow reach. */
const maxTensorBytes = 2 ** 31 - 1;

/** Knows how much it has written, which says where the data of the next batch will be. */
class PositionedWriter extends RecordBatchFileWriter<ModelColumns> {
  get position(): number {
    return this._position;
  }
}

/**
 * The bytes of an Arrow IPC file of a model, piece by piece: a record batch for each tensor, so that not more than one is
 * in memory, and each where it can be mapped.
 */
export async function* modelFileBytes(model: ModelContents): AsyncGenerator<Uint8Array> {
  const schema = modelSchema(model.header);
  const writer = new PositionedWriter({ autoDestroy: false });
  const written = writer[Symbol.asyncIterator]();
  let taken = 0;
  async function* drain(): AsyncGenerator<Uint8Array> {
    while (taken < writer.position) {
      const { value } = await written.next();
      taken += value.byteLength;
      yield value;
    }
  }
  const tokenizer = Buffer.from(model.tokenizer, 'utf8');
  writer.write(batchOf(schema, 'tokenizer.json', 'text', [tokenizer.byteLength], tokenizer, 0));
  yield* drain();
  for await (const { name, type, shape, bytes } of model.tensors) {
    if (bytes.byteLength > maxTensorBytes) {
      throw unsupported(
        `${name} has ${bytes.byteLength} bytes, and a tensor of a model file at most ${maxTensorBytes}: convert to fp16 or int8`,
      );
    }
    const before = emptyBatchBytes(schema, name, type, shape);
    const padding = -(writer.position + before) & (alignmentBytes - 1);
    writer.write(batchOf(schema, name, type, shape, bytes, padding));
    yield* drain();
  }
  writer.close();
  for (let next = await written.next(); !next.done; next = await written.next()) yield next.value;
}

/** What a batch has before the data of its tensor: its length without any, and without padding. */
function emptyBatchBytes(
  schema: ReturnType<typeof modelSchema>,
  name: string,
  type: string,
  shape: readonly number[],
): number {
  const writer = new PositionedWriter({ autoDestroy: false });
  writer.write(batchOf(schema, name, type, shape, new Uint8Array(0), 0));
  const first = writer.position;
  writer.write(batchOf(schema, name, type, shape, new Uint8Array(0), 0));
  return writer.position - first;
}

function batchOf(
  schema: ReturnType<typeof modelSchema>,
  name: string,
  type: string,
  shape: readonly number[],
  bytes: Uint8Array,
  padding: number,
): RecordBatch<ModelColumns> {
  const children = [
    vectorFromArray([name], new Utf8()).data[0],
    vectorFromArray([type], new Utf8()).data[0],
    vectorFromArray([shape], shapeType).data[0],
    vectorFromArray([crc32(bytes)], new Uint32()).data[0],
    binaryData(new Uint8Array(padding)),
    binaryData(bytes),
  ].filter((child) => child instanceof Data);
  return new RecordBatch(
    schema,
    makeData({ type: new Struct<ModelColumns>(schema.fields), length: 1, nullCount: 0, children }),
  );
}

/** One value, without a copy. */
function binaryData(bytes: Uint8Array): Data<Binary> {
  return makeData({
    type: new Binary(),
    length: 1,
    nullCount: 0,
    valueOffsets: Int32Array.of(0, bytes.byteLength),
    data: bytes,
  });
}
