import { createHistogram } from 'node:perf_hooks';
import type { Durations } from '@aiwork/core';

/** Durations that are counted, not kept: 31 KB, however many there are. Percentiles are less than 1 % too long. */
export interface DurationSketch {
  add(ms: number): void;
  durations(): Durations | undefined;
}

/** Two years. Longer ones count as this long among percentiles. */
const longestMs = 2 ** 36;

export function createDurationSketch(): DurationSketch {
  // HdrHistogram, which Node carries. It counts from 1 on.
  const histogram = createHistogram({ lowest: 1, highest: longestMs, figures: 2 });
  let [totalMs, minMs, maxMs] = [0, Number.POSITIVE_INFINITY, 0];
  return {
    add(ms) {
      // Clocks of two machines may disagree.
      const taken = Math.max(0, ms);
      histogram.record(Math.min(Math.round(taken) + 1, longestMs));
      totalMs += taken;
      minMs = Math.min(minMs, taken);
      maxMs = Math.max(maxMs, taken);
    },
    durations() {
      const { count } = histogram;
      if (count === 0) return undefined;
      const at = (percentile: number) =>
        Math.min(maxMs, Math.max(minMs, histogram.percentile(percentile) - 1));
      return { count, totalMs, minMs, maxMs, p50Ms: at(50), p95Ms: at(95), p99Ms: at(99) };
    },
  };
}
