import { AiworkError } from '../errors.ts';
import { invalidArgument } from './argument-checks.ts';

/**
 * The JSON of a value that JSON can express without changing it. Properties that are `undefined` count as absent;
 * anything else that would come back as something different (a `Date`, `NaN`, a class instance …) is refused by name.
 *
 * @throws `AIWORK_NOT_SERIALIZABLE`, saying where the first such value is; `AIWORK_INVALID_ARGUMENT` for `undefined`.
 * @example
 * ```ts
 * import { toJsonText } from '@aiwork/core/adapter-kit';
 *
 * console.log(toJsonText({ a: 1, b: undefined }, 'the value')); // {"a":1}
 * ```
 * @since 0.1.0
 */
export function toJsonText(value: unknown, what: string): string {
  if (value === undefined) throw invalidArgument(`${what} is undefined: store null, or delete the key`);
  const [text, odd] = encode(value, what);
  if (odd !== undefined || text === undefined) throw notJson(what, odd ?? 'is not data');
  return text;
}

function encode(value: unknown, what: string): [text: string | undefined, odd: string | undefined] {
  try {
    // First, because it ends on a circular value, which `findOdd` would not.
    const text = JSON.stringify(value);
    return [text, findOdd(value, '')];
  } catch (cause) {
    throw notJson(what, 'has a circular reference, a bigint or is nested too deeply', cause);
  }
}

function notJson(what: string, reason: string, cause?: unknown): AiworkError {
  return new AiworkError(
    'AIWORK_NOT_SERIALIZABLE',
    `${what} ${reason}: give JSON data (null, booleans, finite numbers, strings, arrays, plain objects)`,
    { cause, outcome: 'not-applied' },
  );
}

/** Where and what the first value is that JSON would change. Never called with a circular value. */
function findOdd(value: unknown, path: string): string | undefined {
  const at = path === '' ? '' : `at ${path} `;
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `${at}is ${value}`;
    case 'object':
      if (value === null) return undefined;
      if (Array.isArray(value)) return findInArray(value, path);
      return isPlain(value) ? findInObject(value, path) : `${at}is a ${value.constructor?.name ?? 'object'}`;
    default:
      return `${at}is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}`;
  }
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return (
    (prototype === null || Object.getPrototypeOf(prototype) === null) &&
    typeof (value as { toJSON?: unknown }).toJSON !== 'function'
  );
}

function findInArray(value: readonly unknown[], path: string): string | undefined {
  for (let index = 0; index < value.length; index += 1) {
    const odd = findOdd(value[index], `${path}[${index}]`);
    if (odd !== undefined) return odd;
  }
  return undefined;
}

function findInObject(value: object, path: string): string | undefined {
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const odd = findOdd(item, `${path}.${key}`);
    if (odd !== undefined) return odd;
  }
  return undefined;
}
