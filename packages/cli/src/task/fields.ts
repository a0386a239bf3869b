import { didYouMean, idList } from '../suggest.ts';
import { UsageError } from '../usage-error.ts';

/** A place in a request, as people write it: `needs.fetch.status`, `needs["my step"]`. */
export function within(place: string, key: string | number): string {
  if (typeof key === 'number') return `${place}[${key}]`;
  if (!/^[\w$-]+$/.test(key)) return `${place}[${JSON.stringify(key)}]`;
  return place === '' ? key : `${place}.${key}`;
}

/** @throws `AIWORK_USAGE` naming the place. */
export function refuse(place: string, problem: string): never {
  throw new UsageError(`${place === '' ? 'the request' : `${place} of the request`} ${problem}`);
}

/** An object with none but these fields. */
export function objectAt<K extends string>(
  value: unknown,
  place: string,
  known: readonly K[],
): Readonly<Partial<Record<K, unknown>>> {
  if (!isObject(value)) refuse(place, `is ${kindOf(value)}: it has to be an object`);
  for (const key of Object.keys(value)) {
    if ((known as readonly string[]).includes(key)) continue;
    refuse(place, `has the unknown field "${key}".${didYouMean(key, known)} It may have ${idList(known)}`);
  }
  const fields: Partial<Record<K, unknown>> = {};
  for (const key of known) if (Object.hasOwn(value, key)) fields[key] = value[key];
  return fields;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listAt(value: unknown, place: string): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(place, `is ${kindOf(value)}: it has to be a list`);
}

export function textAt(value: unknown, place: string): string {
  return typeof value === 'string' ? value : refuse(place, `is ${kindOf(value)}: it has to be a text`);
}

export function booleanAt(value: unknown, place: string): boolean {
  return typeof value === 'boolean'
    ? value
    : refuse(place, `is ${kindOf(value)}: it has to be true or false`);
}

/** A whole number from `least` on. */
export function countAt(value: unknown, place: string, least: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  const shown = typeof value === 'number' ? String(value) : kindOf(value);
  return refuse(place, `is ${shown}: it has to be a whole number from ${least} on`);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
