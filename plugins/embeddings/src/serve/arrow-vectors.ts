import {
  Field,
  FixedSizeList,
  Float32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
} from 'apache-arrow';
import type { AnsweredVectors } from './answered-vectors.ts';

/** Vectors as a stream of Arrow with one column `vector`, and in the metadata of its schema what else there is to say. */
export function toArrow({ model, dimensions, vectors, tokens, truncated }: AnsweredVectors): Buffer {
  const flat = new Float32Array(vectors.length * dimensions);
  for (const [row, vector] of vectors.entries()) flat.set(vector, row * dimensions);
  const type = new FixedSizeList(dimensions, new Field('item', new Float32(), false));
  const list = makeData({
    type,
    length: vectors.length,
    nullCount: 0,
    child: makeData({ type: new Float32(), length: flat.length, nullCount: 0, data: flat }),
  });
  const metadata = new Map([
    ['model', model],
    ['tokens', `${tokens}`],
    ['truncated', truncated.join(',')],
  ]);
  const schema = new Schema([new Field('vector', type, false)], metadata);
  const rows = makeData({
    type: new Struct(schema.fields),
    length: vectors.length,
    nullCount: 0,
    children: [list],
  });
  return Buffer.from(tableToIPC(new Table(schema, new RecordBatch(schema, rows)), 'stream'));
}
