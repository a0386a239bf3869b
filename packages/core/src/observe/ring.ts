/** The last `capacity` things that were put in. */
export interface Ring<T> {
  /** How many were put in and are gone. */
  readonly dropped: number;
  push(item: T): void;
  /** From the oldest to the newest. */
  items(): readonly T[];
}

export function createRing<T>(capacity: number): Ring<T> {
  let kept: T[] = [];
  let oldest = 0;
  let dropped = 0;
  return {
    get dropped() {
      return dropped;
    },
    push(item) {
      if (kept.length < capacity) {
        kept.push(item);
        return;
      }
      kept[oldest] = item;
      oldest = (oldest + 1) % capacity;
      dropped += 1;
    },
    items() {
      if (oldest > 0) {
        kept = [...kept.slice(oldest), ...kept.slice(0, oldest)];
        oldest = 0;
      }
      return kept;
    },
  };
}
