/** A stretch of time in which nothing is done. */
export interface Pause {
  /** How long it still is; 0 when it is over. */
  leftMs(now: number): number;
}

/** From `now` to `until`, and no longer than that where the clock is set back in between. */
export function pause(now: number, until: number): Pause {
  let [seen, end] = [now, until];
  return {
    leftMs(time) {
      if (time < seen) end -= seen - time;
      seen = time;
      return Math.max(0, end - time);
    },
  };
}
