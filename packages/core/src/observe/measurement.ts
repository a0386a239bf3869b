/** How long something took, in milliseconds. Percentiles are by nearest rank, so each is a duration that occurred. @since 0.1.0 */
export interface Durations {
  readonly count: number;
  readonly totalMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** How often runs or steps ended in which way. @since 0.1.0 */
export interface Measurement {
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Attempts beyond the first. */
  readonly retries: number;
  /** From the first start to the end, waits between attempts included. Absent when no start was seen. */
  readonly durations?: Durations;
}

/** The end of a run or step. */
export interface Ended {
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  readonly retries: number;
  readonly durationMs?: number;
}

export function measure(ended: readonly Ended[]): Measurement {
  const counts = { succeeded: 0, failed: 0, cancelled: 0, retries: 0 };
  for (const { status, retries } of ended) {
    counts[status] += 1;
    counts.retries += retries;
  }
  const durations = summarize(ended.flatMap(({ durationMs }) => durationMs ?? []));
  return { ...counts, ...(durations && { durations }) };
}

/** One measurement for each key; an item may have several keys. */
export function measureBy<T extends Ended>(
  ended: readonly T[],
  keysOf: (item: T) => readonly string[],
): Record<string, Measurement> {
  const groups = new Map<string, T[]>();
  for (const item of ended) {
    for (const key of keysOf(item)) {
      const group = groups.get(key);
      if (group) group.push(item);
      else groups.set(key, [item]);
    }
  }
  return Object.fromEntries([...groups].map(([key, items]) => [key, measure(items)]));
}

function summarize(durations: number[]): Durations | undefined {
  if (durations.length === 0) return undefined;
  const sorted = Float64Array.from(durations).sort();
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
  return {
    count: sorted.length,
    totalMs: sorted.reduce((sum, duration) => sum + duration, 0),
    minMs: rank(0),
    maxMs: rank(1),
    p50Ms: rank(0.5),
    p95Ms: rank(0.95),
    p99Ms: rank(0.99),
  };
}
