import { createSplitMap } from './split-map.ts';
import type { StoredStrings } from './storage/stored-strings.ts';

/** Which ordinal the document of an id has. */
export interface OrdinalsById {
  readonly size: number;
  get(id: string): number | undefined;
  set(id: string, ordinal: number): void;
  delete(id: string): void;
}

const gone = -1;

/** `stored`: ids that have the ordinals they are numbered by. */
export function createOrdinalsById(stored?: StoredStrings): OrdinalsById {
  /** Of ids that are not stored, and of those that are and have another ordinal since, or none. */
  const changed = createSplitMap();
  let size = stored?.size ?? 0;

  function get(id: string): number | undefined {
    const ordinal = changed.get(id) ?? stored?.find(id);
    return ordinal === gone ? undefined : ordinal;
  }

  return {
    get size() {
      return size;
    },
    get,
    set(id, ordinal) {
      if (get(id) === undefined) size += 1;
      changed.set(id, ordinal);
    },
    delete(id) {
      if (get(id) === undefined) return;
      size -= 1;
      if (stored?.find(id) === undefined) changed.delete(id);
      else changed.set(id, gone);
    },
  };
}
