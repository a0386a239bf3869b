/** Counts of what happened in the last stretch of time, in slices of it. */
export interface RollingCounts<Name extends string> {
  add(name: Name, now: number): void;
  total(name: Name, now: number): number;
  clear(): void;
}

const slices = 10;

/** Precise to a tenth of `windowMs`: what is older than that is forgotten slice by slice. */
export function rollingCounts<Name extends string>(windowMs: number): RollingCounts<Name> {
  const sliceMs = windowMs / slices;
  const counts = new Map<number, Map<Name, number>>();

  function forgetBefore(now: number): void {
    const oldest = Math.floor(now / sliceMs) - slices + 1;
    // A clock that was set back leaves slices of the future, which would never be forgotten.
    for (const slice of counts.keys()) if (slice < oldest || slice >= oldest + slices) counts.delete(slice);
  }

  return {
    add(name, now) {
      forgetBefore(now);
      const slice = Math.floor(now / sliceMs);
      const here = counts.get(slice) ?? new Map<Name, number>();
      here.set(name, (here.get(name) ?? 0) + 1);
      counts.set(slice, here);
    },
    total(name, now) {
      forgetBefore(now);
      let sum = 0;
      for (const slice of counts.values()) sum += slice.get(name) ?? 0;
      return sum;
    },
    clear: () => counts.clear(),
  };
}
