import { Binary, Field, Int32, List, Schema, Uint32, Utf8 } from 'apache-arrow';
import { formatKey, formatVersion, headerKey, type ModelHeader } from './model-format.ts';

/** A row is a tensor, or with the type `text` a file that belongs to the model. */
export type ModelColumns = {
  name: Utf8;
  type: Utf8;
  shape: List<Int32>;
  /** CRC-32 of `data`. */
  crc32: Uint32;
  /** Moves `data` to where it can be mapped, and means nothing. */
  padding: Binary;
  data: Binary;
};

export const shapeType = new List(new Field('size', new Int32()));

/** The columns, and in the metadata what the file says of itself. */
export function modelSchema(header: ModelHeader): Schema<ModelColumns> {
  return new Schema<ModelColumns>(
    [
      new Field('name', new Utf8()),
      new Field('type', new Utf8()),
      new Field('shape', shapeType),
      new Field('crc32', new Uint32()),
      new Field('padding', new Binary()),
      new Field('data', new Binary()),
    ],
    new Map([
      [formatKey, formatVersion],
      [headerKey, JSON.stringify(header)],
    ]),
  );
}
