/**
 * A table of FlatBuffers, in which Arrow says what lies where. Fields are named by their numbers in Arrow's schemas; those
 * that are not there are `undefined`, or 0.
 *
 * What leads out of the bytes throws a `RangeError`, and nothing is made as large as a length says before it is known to be
 * there: the readers of Arrow that there are trust lengths, and with a few wrong bytes never come to an end.
 */
export interface FlatTable {
  number(field: number, size: 'byte' | 'long'): number;
  table(field: number): FlatTable | undefined;
  tables(field: number): readonly FlatTable[];
  bytes(field: number): Uint8Array;
  /** The structs of a vector, each of which takes so many bytes. */
  structs(field: number, structBytes: number): readonly DataView[];
}

/** The table that begins the bytes. */
export function flatTable(bytes: Uint8Array): FlatTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return tableAt(view, view.getUint32(0, true));
}

function tableAt(view: DataView, start: number): FlatTable {
  const layout = start - view.getInt32(start, true);
  const layoutBytes = view.getUint16(layout, true);

  function find(field: number): number | undefined {
    const slot = 4 + 2 * field;
    const offset = slot < layoutBytes ? view.getUint16(layout + slot, true) : 0;
    return offset === 0 ? undefined : start + offset;
  }

  const target = (place: number) => place + view.getUint32(place, true);

  function list(field: number, elementBytes: number): { readonly first: number; readonly length: number } {
    const place = find(field);
    if (place === undefined) return { first: 0, length: 0 };
    const start = target(place);
    const first = start + 4;
    const length = view.getUint32(start, true);
    if (length * elementBytes > view.byteLength - first)
      throw new RangeError('a list is longer than its bytes');
    return { first, length };
  }

  function places(field: number, elementBytes: number): readonly number[] {
    const { first, length } = list(field, elementBytes);
    return Array.from({ length }, (_, i) => first + i * elementBytes);
  }

  return {
    number(field, size) {
      const place = find(field);
      if (place === undefined) return 0;
      return size === 'byte' ? view.getUint8(place) : longAt(view, place);
    },
    table(field) {
      const place = find(field);
      return place === undefined ? undefined : tableAt(view, target(place));
    },
    tables: (field) => places(field, 4).map((place) => tableAt(view, target(place))),
    bytes(field) {
      const { first, length } = list(field, 1);
      return new Uint8Array(view.buffer, view.byteOffset + first, length);
    },
    structs: (field, structBytes) =>
      places(field, structBytes).map(
        (place) => new DataView(view.buffer, view.byteOffset + place, structBytes),
      ),
  };
}

/** A whole number of 64 bits. */
export const longAt = (view: DataView, place: number) => Number(view.getBigInt64(place, true));
