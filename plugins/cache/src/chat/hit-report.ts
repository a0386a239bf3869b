/** What became of the requests of a semantic cache. @since 0.1.0 */
export interface HitReport {
  /** Answered from the cache. */
  readonly hits: number;
  /** Nothing alike was there. */
  readonly misses: number;
  /** Could not be looked up, or were not to be. */
  readonly leftOut: number;
  /** The embedder failed, and the model was asked as if nothing was there. */
  readonly failed: number;
  /** Something alike was there, and the model was asked all the same. */
  readonly checked: number;
  /** Of those checked, the answer would have been another. */
  readonly wrong: number;
  /** Share of wrong ones among those checked: about that of the hits that nobody checked. Absent while none was. */
  readonly wrongShare?: number;
}

/** Counts them. */
export function hitReport() {
  const counts = { hits: 0, misses: 0, leftOut: 0, failed: 0, checked: 0, wrong: 0 };
  return {
    count(what: 'hits' | 'misses' | 'leftOut' | 'failed'): void {
      counts[what] += 1;
    },
    checked(isSame: boolean): void {
      counts.checked += 1;
      if (!isSame) counts.wrong += 1;
    },
    read: (): HitReport =>
      counts.checked === 0 ? { ...counts } : { ...counts, wrongShare: counts.wrong / counts.checked },
  };
}
