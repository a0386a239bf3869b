import { grown } from './grown.ts';
import type { StoredStrings } from './storage/stored-strings.ts';

/** What is written down of an order of ids. */
export interface StoredIdOrder {
  readonly ids: StoredStrings;
  readonly keys: Float64Array;
  readonly prefix: string;
}

/** Ids by ordinal, and which of two comes first. */
export interface IdOrder {
  id(ordinal: number): string;
  add(id: string): void;
  /** Whether the id of `ordinal` comes after the one of `other` (code units). */
  isAfter(ordinal: number, other: number): boolean;
}

const keyUnits = 6;
const keyBase = 257;

/**
 * The `keyUnits` code units of `id` after `skip` as one number that sorts as they do. Units that do not fit a byte share the
 * highest digit and end the key, so that equal keys say nothing.
 */
function keyOf(id: string, skip: number): number {
  let key = 0;
  let saturated = false;
  for (let i = 0; i < keyUnits; i++) {
    const unit = skip + i < id.length ? id.charCodeAt(skip + i) + 1 : 0;
    if (unit >= keyBase) saturated = true;
    key = key * keyBase + (saturated ? keyBase - 1 : unit);
  }
  return key;
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

function sharedPrefix(count: number, id: (i: number) => string): string {
  let prefix = count > 0 ? id(0) : '';
  for (let i = 1; i < count; i++) prefix = prefix.slice(0, sharedLength(prefix, id(i)));
  return prefix;
}

const keyAfter = (prefix: string, id: string): number =>
  id.startsWith(prefix) ? keyOf(id, prefix.length) : Number.NaN;

/** The keys of ids, and the prefix that they go by. */
export function idKeysOf(ids: readonly string[]): Pick<StoredIdOrder, 'keys' | 'prefix'> {
  const prefix = sharedPrefix(ids.length, (i) => ids[i] as string);
  return { keys: Float64Array.from(ids, (id) => keyOf(id, prefix.length)), prefix };
}

/**
 * Documents of equal score are common (short texts, one rare word each), and comparing their ids as strings misses the cache
 * each time. A key of a few characters after the prefix that all ids share decides most cases from one array. The
 * prefix is looked for anew whenever the number of ids doubled; an id without it has the key `NaN`, which decides nothing.
 */
export function createIdOrder(stored?: StoredIdOrder): IdOrder {
  /** `undefined`: stored, and not asked for yet. */
  const ids: (string | undefined)[] = new Array(stored?.ids.size ?? 0).fill(undefined);
  let keys: Float64Array = stored?.keys ?? new Float64Array(16);
  let prefix = stored?.prefix ?? '';
  let rekeyAt = Math.max(16, 2 * ids.length);

  function id(ordinal: number): string {
    const known = ids[ordinal] ?? stored?.ids.at(ordinal) ?? '';
    ids[ordinal] = known;
    return known;
  }

  function rekey(): void {
    prefix = sharedPrefix(ids.length, id);
    for (let i = 0; i < ids.length; i++) keys[i] = keyOf(id(i), prefix.length);
    rekeyAt = 2 * ids.length;
  }

  return {
    id,
    add(added) {
      keys = grown(keys, ids.push(added));
      if (ids.length === rekeyAt) rekey();
      else keys[ids.length - 1] = keyAfter(prefix, added);
    },
    isAfter(ordinal, other) {
      const key = keys[ordinal] as number;
      const otherKey = keys[other] as number;
      if (key > otherKey) return true;
      if (key < otherKey) return false;
      return id(ordinal) > id(other);
    },
  };
}
