import { parquetWriteBuffer } from 'hyparquet-writer';
import { formatKey, formatVersion, headerKey } from './model-format.ts';
import type { ModelContents } from './write-model.ts';

/**
 * The bytes of a Parquet file with the rows of a model file: for programs that look into weights. Engines cannot map it, so
 * nothing here reads it.
 */
export async function* parquetFileBytes(model: ModelContents): AsyncGenerator<Uint8Array> {
  const names = ['tokenizer.json'];
  const types = ['text'];
  const tokenizer = Buffer.from(model.tokenizer, 'utf8');
  const shapes = [JSON.stringify([tokenizer.byteLength])];
  const data: Uint8Array[] = [tokenizer];
  for await (const tensor of model.tensors) {
    names.push(tensor.name);
    types.push(tensor.type);
    shapes.push(JSON.stringify(tensor.shape));
    data.push(tensor.bytes);
  }
  const written = parquetWriteBuffer({
    columnData: [
      { name: 'name', data: names, type: 'STRING' },
      { name: 'type', data: types, type: 'STRING' },
      { name: 'shape', data: shapes, type: 'STRING' },
      { name: 'data', data, type: 'BYTE_ARRAY' },
    ],
    kvMetadata: [
      { key: formatKey, value: formatVersion },
      { key: headerKey, value: JSON.stringify(model.header) },
    ],
    rowGroupSize: 1,
    codec: 'UNCOMPRESSED',
  });
  yield new Uint8Array(written);
}
