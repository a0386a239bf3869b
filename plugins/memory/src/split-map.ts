/** A map of numbers by string. */
export interface SplitMap {
  get(key: string): number | undefined;
  set(key: string, value: number): void;
  delete(key: string): void;
}

const parts = 256;
/** Of the end of a key, which is where keys that are alike differ. */
const hashedUnits = 6;

function partOf(key: string): number {
  let hash = key.length;
  for (let i = Math.max(0, key.length - hashedUnits); i < key.length; i++)
    hash = Math.imul(hash, 31) + key.charCodeAt(i);
  return (hash ^ (hash >>> 8)) & (parts - 1);
}

/**
 * A map in parts, each of which grows by itself: a single one stops everything while it moves a million entries to a larger
 * table.
 */
export function createSplitMap(): SplitMap {
  const maps: (Map<string, number> | undefined)[] = new Array(parts).fill(undefined);

  return {
    get: (key) => maps[partOf(key)]?.get(key),
    set(key, value) {
      const part = partOf(key);
      const map = maps[part] ?? new Map<string, number>();
      maps[part] = map.set(key, value);
    },
    delete(key) {
      maps[partOf(key)]?.delete(key);
    },
  };
}
