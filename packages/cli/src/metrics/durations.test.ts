import { describe, expect, it } from 'vitest';
import { createDurationSketch } from './durations.ts';

/** By nearest rank, from all of them. */
function exactly(durations: readonly number[], share: number): number {
  const sorted = durations.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
}

/** The same numbers each time, from 0 up to 1. */
function numbers(count: number): readonly number[] {
  let seed = 42;
  return Array.from({ length: count }, () => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return seed / 2 ** 32;
  });
}

describe('a sketch of durations', () => {
  it.each([
    ['even', (n: number) => n * 10_000],
    ['with a long tail', (n: number) => 5 / (1 - n)],
    ['of days', (n: number) => n * 30 * 86_400_000],
    ['below a millisecond', (n: number) => n],
  ])('has percentiles within a hundredth of the exact ones: %s', (_, spread) => {
    const all = numbers(50_000).map((n) => spread(n));
    const sketch = createDurationSketch();
    for (const ms of all) sketch.add(ms);
    const { count, p50Ms, p95Ms, p99Ms, minMs, maxMs, totalMs } = sketch.durations() ?? {};
    expect(count).toBe(50_000);
    for (const [seen, share] of [
      [p50Ms, 0.5],
      [p95Ms, 0.95],
      [p99Ms, 0.99],
    ] as const) {
      const exact = exactly(all, share);
      expect(Math.abs((seen ?? 0) - exact)).toBeLessThanOrEqual(Math.max(1, exact * 0.01));
    }
    expect([minMs, maxMs]).toEqual([Math.min(...all), Math.max(...all)]);
    expect(totalMs).toBeCloseTo(
      all.reduce((sum, ms) => sum + ms, 0),
      0,
    );
  });

  it('gives what there is of one, and of none', () => {
    const sketch = createDurationSketch();
    expect(sketch.durations()).toBeUndefined();
    sketch.add(17);
    expect(sketch.durations()).toEqual({
      ...{ count: 1, totalMs: 17, minMs: 17, maxMs: 17, p50Ms: 17, p95Ms: 17, p99Ms: 17 },
    });
  });

  it('takes times that clocks of two machines turned round, and ones beyond all measure', () => {
    const sketch = createDurationSketch();
    sketch.add(-5);
    sketch.add(2 ** 40);
    expect(sketch.durations()).toMatchObject({ count: 2, minMs: 0, maxMs: 2 ** 40, p50Ms: 0 });
  });
});
