import { inspectValue, tag, untag } from './engine/serialize.ts';
import { AiworkError } from './errors.ts';

/**
 * A value that a run can hold, as JSON data. What JSON has no words for (`Date`, `Map`, `Set`, `bigint`, typed arrays …)
 * is there in a tagged form, which {@link fromJsonData} turns back. `what` names it in errors.
 *
 * @throws `AIWORK_NOT_SERIALIZABLE` saying where in it the trouble is.
 * @example
 * ```ts
 * import { fromJsonData, toJsonData } from '@aiwork/core';
 *
 * const text = JSON.stringify(toJsonData({ at: new Date(0) }, 'the answer'));
 * console.log(fromJsonData(JSON.parse(text))); // { at: 1970-01-01T00:00:00.000Z }
 * ```
 * @since 0.1.0
 */
export function toJsonData(value: unknown, what: string): unknown {
  return inspectValue(value, what).plain ? value : tag(value);
}

/**
 * The value that {@link toJsonData} made data of.
 *
 * @throws `AIWORK_CORRUPT_DATA` when something in it is tagged, and not as that would be.
 * @example
 * ```ts
 * import { fromJsonData } from '@aiwork/core';
 *
 * console.log(fromJsonData({ $aiwork: 'set', value: [1, 2] })); // Set(2) { 1, 2 }
 * ```
 * @since 0.1.0
 */
export function fromJsonData(data: unknown): unknown {
  try {
    return untag(data);
  } catch (cause) {
    if (AiworkError.isInstance(cause)) throw cause;
    const { message } = cause as Error;
    throw new AiworkError('AIWORK_CORRUPT_DATA', `a value is not what its tag says: ${message}`, { cause });
  }
}

/**
 * Any value that a run can hold as JSON for people and other programs, which cannot be read back as it was. What JSON has no
 * words for is shown by what comes nearest: a `bigint` as a text of its digits, a `Map` as pairs, a `Set` or typed array as
 * an array.
 *
 * @example
 * ```ts
 * import { toReadableJson } from '@aiwork/core';
 *
 * console.log(toReadableJson({ total: 5n, seen: new Set(['a']) })); // {"total":"5","seen":["a"]}
 * ```
 * @since 0.1.0
 */
export function toReadableJson(value: unknown, options: { readonly indent?: number } = {}): string {
  // A replacer is asked about every member, which takes longer than all the rest.
  return JSON.stringify(value, isJson(value) ? undefined : nearest, options.indent) ?? 'null';
}

/** Whether JSON has words for all of it. */
function isJson(value: unknown): boolean {
  if (typeof value !== 'object' || value === null)
    return typeof value !== 'bigint' && typeof value !== 'function';
  if (Array.isArray(value)) return value.every(isJson);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const name in value) if (!isJson((value as Record<string, unknown>)[name])) return false;
  return true;
}

function nearest(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Map || value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return [...(value as Uint8Array)];
  return value;
}
