import { admitDoc, admitIds, type CheckedDoc } from '../admission.ts';
import { type ByteReader, createByteReader } from './byte-reader.ts';
import { createByteWriter } from './byte-writer.ts';

/** What happened to a memory, with everything that was made for it: nothing has to be embedded again. */
export type Change =
  | { readonly kind: 'upsert'; readonly docs: readonly CheckedDoc[] }
  | { readonly kind: 'delete'; readonly ids: Iterable<string> };

const upsertKind = 1;
const deleteKind = 2;

/** As bytes: the kind, how many there are, and of each its JSON; of documents then 0, or the length of a vector and itself. */
export function encodeChange(change: Change): Uint8Array {
  const writer = createByteWriter();
  if (change.kind === 'delete') {
    const ids = [...change.ids];
    writer.varint(deleteKind);
    writer.varint(ids.length);
    for (const id of ids) writer.text(JSON.stringify(id));
    return writer.take();
  }
  writer.varint(upsertKind);
  writer.varint(change.docs.length);
  for (const { doc, vector } of change.docs) {
    writer.text(JSON.stringify([doc.id, doc.text, doc.metadata]));
    writer.varint(vector?.length ?? 0);
    if (vector) writer.bytes(littleEndian(vector));
  }
  return writer.take();
}

function littleEndian(vector: Float32Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(4 * vector.length);
  for (const [i, value] of vector.entries()) bytes.writeFloatLE(value, 4 * i);
  return bytes;
}

/** @throws Error when the bytes are no change. */
export function decodeChange(bytes: Uint8Array): Change {
  const reader = createByteReader(bytes);
  const kind = reader.varint();
  const count = reader.varint();
  const change = kind === upsertKind ? readUpsert(reader, count) : readDelete(reader, count);
  if (!reader.atEnd || (kind !== upsertKind && kind !== deleteKind))
    throw new RangeError('a change is wrong');
  return change;
}

function readUpsert(reader: ByteReader, count: number): Change {
  const docs: CheckedDoc[] = [];
  for (let i = 0; i < count; i += 1) {
    const [id, text, metadata] = JSON.parse(reader.text());
    const length = reader.varint();
    const numbers = reader.bytes(4 * length);
    const vector = Float32Array.from({ length }, (_, n) => numbers.readFloatLE(4 * n));
    docs.push(
      admitDoc(
        { id, text, ...(metadata !== null && { metadata }), ...(length > 0 && { vector }) },
        `docs[${i}]`,
        { maxTextBytes: Number.POSITIVE_INFINITY, dimensions: length },
      ),
    );
  }
  return { kind: 'upsert', docs };
}

function readDelete(reader: ByteReader, count: number): Change {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) ids.push(JSON.parse(reader.text()));
  return { kind: 'delete', ids: admitIds(ids) };
}
