/** A part of a window that was taken. */
export interface Admission {
  /** Sets right what it weighs. */
  weigh(weight: number): void;
}

/** Lets no more than `limit` in weight begin in any `perMs`. */
export interface WeighedWindow {
  readonly limit: number;
  /** The earliest time, not before `now`, when so much more may begin, behind all that was admitted. */
  freeAt(weight: number, now: number): number;
  admit(weight: number, at: number): Admission;
}

interface Entry {
  readonly at: number;
  weight: number;
  isOver: boolean;
}

/** `horizonMs`: how far ahead of its time an entry is admitted, at most. */
export function weighedWindow(limit: number, perMs: number, horizonMs: number): WeighedWindow {
  /** In the order of their times. */
  const entries: Entry[] = [];
  let total = 0;

  function forget(now: number): void {
    for (let first = entries[0]; first; first = entries[0]) {
      // The second: a clock that was set back must not keep everybody waiting until it is where it was.
      if (first.at > now - perMs && first.at <= now + horizonMs) return;
      entries.shift();
      first.isOver = true;
      total -= first.weight;
    }
  }

  return {
    limit,
    freeAt(weight, now) {
      forget(now);
      let at = Math.max(now, entries.at(-1)?.at ?? now);
      let taken = total;
      for (const entry of entries) {
        if (taken + weight <= limit) break;
        at = Math.max(at, entry.at + perMs);
        taken -= entry.weight;
      }
      return at;
    },
    admit(weight, at) {
      const entry: Entry = { at, weight, isOver: false };
      entries.push(entry);
      total += weight;
      return {
        weigh(actual) {
          if (!entry.isOver) total += actual - entry.weight;
          entry.weight = actual;
        },
      };
    },
  };
}
