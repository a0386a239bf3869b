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
    const odd = findOdd(value);
    return [text, odd && (odd.path === '' ? odd.is : `at ${odd.path} ${odd.is}`)];
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

/** A value that JSON would change. */
interface Odd {
  /** Where it is in the whole, put together on the way back: most values have none. */
  readonly path: string;
  readonly is: string;
}

const here = (is: string): Odd => ({ path: '', is });

/** The first value that JSON would change. Never called with a circular value. */
function findOdd(value: unknown): Odd | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : here(`is ${value}`);
    case 'object':
      if (value === null) return undefined;
      if (Array.isArray(value)) return findInArray(value);
      return isPlain(value) ? findInObject(value) : here(`is a ${value.constructor?.name ?? 'object'}`);
    default:
      return here(`is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}`);
  }
}

function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  const prototype = Object.getPrototypeOf(value);
  return (
    (prototype === null || Object.getPrototypeOf(prototype) === null) &&
    typeof (value as { toJSON?: unknown }).toJSON !== 'function'
  );
}

function findInArray(value: readonly unknown[]): Odd | undefined {
  for (let index = 0; index < value.length; index += 1) {
    const odd = findOdd(value[index]);
    if (odd !== undefined) return { ...odd, path: `[${index}]${odd.path}` };
  }
  return undefined;
}

function findInObject(value: Readonly<Record<string, unknown>>): Odd | undefined {
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (item === undefined) continue;
    const odd = findOdd(item);
    if (odd !== undefined) return { ...odd, path: `.${key}${odd.path}` };
  }
  return undefined;
}
