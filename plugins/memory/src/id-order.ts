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
/** So many that all are done long before there are twice as many. */
const rekeyedAtOnce = 8;

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

/** As much of a prefix as `text` has, too. */
function shortened(prefix: string, text: string): string {
  return text.startsWith(prefix) ? prefix : prefix.slice(0, sharedLength(prefix, text));
}

function sharedPrefix(ids: readonly string[]): string {
  const [first = ''] = ids;
  return first.slice(
    0,
    ids.reduce((length, id) => Math.min(length, sharedLength(first, id)), first.length),
  );
}

const keyAfter = (prefix: string, id: string): number =>
  id.startsWith(prefix) ? keyOf(id, prefix.length) : Number.NaN;

/** The keys of ids, and the prefix that they go by. */
export function idKeysOf(ids: readonly string[]): Pick<StoredIdOrder, 'keys' | 'prefix'> {
  const prefix = sharedPrefix(ids);
  return { keys: Float64Array.from(ids, (id) => keyOf(id, prefix.length)), prefix };
}

interface Rekeying {
  readonly prefix: string;
  keys: Float64Array;
  made: number;
}

/**
 * Documents of equal score are common (short texts, one rare word each), and comparing their ids as strings misses the cache
 * each time. A key of a few characters after the prefix that all ids share decides most cases from one array. The
 * prefix is another one when the number of ids doubled, if it has to be, and then the keys become others a few at a time; an id
 * without it has the key `NaN`, which decides nothing.
 */
export function createIdOrder(stored?: StoredIdOrder): IdOrder {
  /** `undefined`: stored, and not asked for yet. */
  const ids: (string | undefined)[] = new Array(stored?.ids.size ?? 0).fill(undefined);
  let keys: Float64Array = stored?.keys ?? new Float64Array(16);
  let prefix = stored?.prefix ?? '';
  let rekeyAt = Math.max(16, 2 * ids.length);
  /** What all ids share by now. */
  let shared = stored ? prefix : undefined;
  /** Keys by another prefix, of which the first few are made. */
  let fresh: Rekeying | undefined;

  function id(ordinal: number): string {
    const known = ids[ordinal] ?? stored?.ids.at(ordinal) ?? '';
    ids[ordinal] = known;
    return known;
  }

  function rekey(next: Rekeying): void {
    next.keys = grown(next.keys, ids.length);
    const end = Math.min(ids.length, next.made + rekeyedAtOnce);
    for (; next.made < end; next.made++) next.keys[next.made] = keyAfter(next.prefix, id(next.made));
    if (end < ids.length) return;
    ({ prefix, keys } = next);
    fresh = undefined;
  }

  return {
    id,
    add(added) {
      keys = grown(keys, ids.push(added));
      keys[ids.length - 1] = keyAfter(prefix, added);
      shared = shared === undefined ? added : shortened(shared, added);
      if (ids.length === rekeyAt) {
        rekeyAt = 2 * ids.length;
        if (shared !== prefix) fresh = { prefix: shared, keys: new Float64Array(ids.length), made: 0 };
      }
      if (fresh) rekey(fresh);
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
