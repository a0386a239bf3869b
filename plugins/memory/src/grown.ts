type Column = Uint8Array | Uint32Array | Float64Array;

/** `column` if it has room for `length` elements, else a copy with half as much again. */
export function grown<T extends Column>(column: T, length: number): T {
  if (length <= column.length) return column;
  const create = column.constructor as new (length: number) => T;
  const copy = new create(Math.max(length, Math.ceil(column.length * 1.5), 16));
  copy.set(column);
  return copy;
}
