/**
 * Any value a run can hold as JSON in one line, or indented for people. What JSON has no words for is shown by what
 * comes nearest: a `bigint` as a text of its digits, a `Map` as pairs, a `Set` or typed array as an array.
 */
export function toJson(value: unknown, options: { readonly indent?: number } = {}): string {
  return JSON.stringify(value, nearest, options.indent) ?? 'null';
}

/** A result as it is printed: a text as it is, anything else as JSON. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : toJson(value, { indent: 2 });
}

function nearest(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Map || value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return [...(value as Uint8Array)];
  return value;
}
