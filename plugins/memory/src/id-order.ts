import { grown } from './grown.ts';

/** Ids by ordinal, and which of two comes first. */
export interface IdOrder {
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

/**
 * Documents of equal score are common (short texts, one rare word each), and comparing their ids as strings misses the cache
 * each time. A key of a few characters after the prefix that all ids share decides most cases from one array. The
 * prefix is looked for anew whenever the number of ids doubled; an id without it has the key `NaN`, which decides nothing.
 */
export function createIdOrder(): IdOrder {
  const ids: string[] = [];
  let keys = new Float64Array(16);
  let prefix = '';
  let rekeyAt = 16;

  function rekey(): void {
    prefix = ids[0] as string;
    for (const id of ids) prefix = prefix.slice(0, sharedLength(prefix, id));
    for (let i = 0; i < ids.length; i++) keys[i] = keyOf(ids[i] as string, prefix.length);
    rekeyAt = 2 * ids.length;
  }

  return {
    add(id) {
      keys = grown(keys, ids.push(id));
      if (ids.length === rekeyAt) rekey();
      else keys[ids.length - 1] = id.startsWith(prefix) ? keyOf(id, prefix.length) : Number.NaN;
    },
    isAfter(ordinal, other) {
      const key = keys[ordinal] as number;
      const otherKey = keys[other] as number;
      if (key > otherKey) return true;
      if (key < otherKey) return false;
      return (ids[ordinal] as string) > (ids[other] as string);
    },
  };
}
