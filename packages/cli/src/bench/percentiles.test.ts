import { describe, expect, it } from 'vitest';
import { spreadOf } from './percentiles.ts';

describe('spreadOf', () => {
  it('gives values that were measured, by the nearest rank', () => {
    const values = Array.from({ length: 200 }, (_, n) => 200 - n);
    expect(spreadOf(values)).toEqual({ p50: 100, p95: 190, p99: 198, count: 200 });
  });

  it('gives the only one there is', () => {
    expect(spreadOf([7])).toEqual({ p50: 7, p95: 7, p99: 7, count: 1 });
  });
});
