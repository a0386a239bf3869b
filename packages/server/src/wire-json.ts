/**
 * Any value that a run can hold as JSON. What JSON has no words for is shown by what comes nearest: a `bigint` as a text of
 * its digits, a `Map` as pairs, a `Set` or typed array as an array.
 */
export function toWireJson(value: unknown): string {
  return JSON.stringify(value, nearest) ?? 'null';
}

function nearest(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Map || value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return [...(value as Uint8Array)];
  return value;
}
