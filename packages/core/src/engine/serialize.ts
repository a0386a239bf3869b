import { AiworkError } from '../errors.ts';

/** What {@link inspectValue} found out. */
export interface Inspected {
  /** Lower bound of the size of its JSON in UTF-8, close for usual values. */
  readonly bytes: number;
  /** Whether plain JSON keeps it exactly. Otherwise it needs {@link tag}. */
  readonly plain: boolean;
}

const tagKey = '$aiwork';
const maxDepth = 500;
const typedArrays = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;

const smallString: Inspected = Object.freeze({ bytes: 64, plain: true });

/**
 * Whether a value can be kept in the journal, and what that takes. Kept are JSON data and, in tagged form, `Date`,
 * `Map`, `Set`, `bigint`, typed arrays, `undefined` in arrays, `NaN` and the infinities. Properties that are `undefined`
 * are left out, as JSON does.
 *
 * @throws `AIWORK_NOT_SERIALIZABLE` saying where in `what` the trouble is.
 */
export function inspectValue(value: unknown, what: string): Inspected {
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
      return smallString;
    case 'string':
      if (value.length < 64) return smallString;
      break;
    case 'number':
      if (Number.isFinite(value) && !Object.is(value, -0)) return smallString;
  }
  const found = { bytes: 0, plain: true };
  walk(value, what, undefined, 0, found);
  return found;
}

/** The chain of objects above a value: how its path is told, and how a circle is noticed. */
interface Above {
  readonly object: object;
  readonly up: Above | undefined;
  key: string | number;
}

function walk(
  value: unknown,
  what: string,
  above: Above | undefined,
  depth: number,
  found: { bytes: number; plain: boolean },
): void {
  switch (typeof value) {
    case 'string':
      found.bytes += value.length + 2;
      return;
    case 'number':
      found.bytes += 8;
      if (!Number.isFinite(value) || Object.is(value, -0)) found.plain = false;
      return;
    case 'boolean':
      found.bytes += 5;
      return;
    case 'undefined':
      if (above && Array.isArray(above.object)) found.plain = false;
      return;
    case 'bigint':
      found.bytes += 32;
      found.plain = false;
      return;
    case 'object':
      break;
    default:
      refuse(what, above, `is a ${typeof value}`);
  }
  if (value === null) {
    found.bytes += 4;
    return;
  }
  const object = value as object;
  for (let at = above; at; at = at.up) {
    if (at.object === object) refuse(what, above, 'refers back to an object it is part of');
  }
  if (depth > maxDepth) refuse(what, above, `is nested more than ${maxDepth} deep`);
  const here: Above = { object, up: above, key: '' };
  if (Array.isArray(object)) {
    found.bytes += 2 + object.length;
    for (let i = 0; i < object.length; i++) {
      here.key = i;
      walk(object[i], what, here, depth + 1, found);
    }
    return;
  }
  const prototype = Object.getPrototypeOf(object);
  if (prototype === Object.prototype || prototype === null) {
    found.bytes += 2;
    for (const key of Object.keys(object)) {
      here.key = key;
      found.bytes += key.length + 4;
      if (key === tagKey || key === 'toJSON') found.plain = false;
      walk((object as Record<string, unknown>)[key], what, here, depth + 1, found);
    }
    return;
  }
  found.plain = false;
  if (object instanceof Date) {
    if (Number.isNaN(object.getTime())) refuse(what, above, 'is an invalid Date');
    found.bytes += 48;
  } else if (object instanceof Map || object instanceof Set) {
    for (const item of object) walk(item, what, here, depth + 1, found);
  } else if (ArrayBuffer.isView(object) && typedArrayName(object)) {
    found.bytes += Math.ceil((object.byteLength * 4) / 3) + 40;
  } else {
    const name = prototype.constructor?.name || 'class';
    refuse(
      what,
      above,
      name === 'Promise' ? 'is a Promise that was not awaited' : `is an instance of ${name}`,
    );
  }
}

function refuse(what: string, above: Above | undefined, problem: string): never {
  const keys: (string | number)[] = [];
  for (let at = above; at; at = at.up) keys.unshift(at.key);
  const path = keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  throw new AiworkError(
    'AIWORK_NOT_SERIALIZABLE',
    `${what}${path} ${problem}: results have to be data that survives a restart (JSON values, Date, Map, Set, bigint, typed arrays)`,
  );
}

function typedArrayName(view: ArrayBufferView): keyof typeof typedArrays | undefined {
  const name = view.constructor.name === 'Buffer' ? 'Uint8Array' : view.constructor.name;
  return Object.hasOwn(typedArrays, name) ? (name as keyof typeof typedArrays) : undefined;
}

type Tagged = { [tagKey]: string; value?: unknown };
const tagged = (kind: string, value?: unknown): Tagged => ({
  [tagKey]: kind,
  ...(value !== undefined && { value }),
});

/** A copy of an inspected value in which JSON keeps everything; {@link untag} turns it back. */
export function tag(value: unknown): unknown {
  if (typeof value === 'bigint') return tagged('bigint', String(value));
  if (typeof value === 'number') {
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : tagged('number', Object.is(value, -0) ? '-0' : String(value));
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return Array.from(value, (item) => (item === undefined ? tagged('undefined') : tag(item)));
  }
  if (value instanceof Date) return tagged('date', value.toISOString());
  if (value instanceof Map)
    return tagged(
      'map',
      Array.from(value, ([key, item]) => [tag(key), tag(item)]),
    );
  if (value instanceof Set) return tagged('set', Array.from(value, tag));
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
    return tagged(typedArrayName(value) as string, bytes);
  }
  const entries = Object.entries(value).map(([key, item]) => [key, tag(item)] as const);
  const copy = fromEntries(entries);
  return Object.hasOwn(copy, tagKey) || Object.hasOwn(copy, 'toJSON') ? tagged('object', entries) : copy;
}

/** Turns what {@link tag} made into the value it was. */
export function untag(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(untag);
  if (!Object.hasOwn(value, tagKey)) {
    return fromEntries(Object.entries(value).map(([key, item]) => [key, untag(item)] as const));
  }
  const { [tagKey]: kind, value: inner } = value as Tagged;
  switch (kind) {
    case 'undefined':
      return undefined;
    case 'bigint':
      return BigInt(inner as string);
    case 'number':
      return Number(inner);
    case 'date':
      return new Date(inner as string);
    case 'map':
      return new Map((inner as [unknown, unknown][]).map(([key, item]) => [untag(key), untag(item)]));
    case 'set':
      return new Set((inner as unknown[]).map(untag));
    case 'object':
      return fromEntries((inner as [string, unknown][]).map(([key, item]) => [key, untag(item)] as const));
  }
  if (!Object.hasOwn(typedArrays, kind)) {
    throw new AiworkError(
      'AIWORK_CORRUPT_DATA',
      `a stored value has the unknown tag ${JSON.stringify(kind)}: was it written by a newer version?`,
    );
  }
  const bytes = new Uint8Array(Buffer.from(inner as string, 'base64'));
  return new typedArrays[kind as keyof typeof typedArrays](bytes.buffer);
}

function fromEntries(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    if (key === '__proto__') {
      Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
    } else object[key] = value;
  }
  return object;
}
