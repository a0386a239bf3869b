import { describe, expect, it } from 'vitest';
import { createWritePace, processorMs } from './write-pace.ts';

const maxEventDelayMs = 250;

describe('the pace of writes', () => {
  it('lets events of few readers out at once', () => {
    const pace = createWritePace(maxEventDelayMs);
    expect(pace.gatherMs(1)).toBeLessThan(1);
    pace.wrote(5, 0.1);
    expect(pace.gatherMs(1)).toBeLessThan(1);
  });

  it('gathers those of many, the longer the longer a write takes, up to a limit', () => {
    const pace = createWritePace(maxEventDelayMs);
    for (let i = 0; i < 100; i += 1) pace.wrote(100, 2);
    // Two milliseconds of forty.
    expect(pace.gatherMs(100)).toBeCloseTo(40, 1);
    expect(pace.gatherMs(200)).toBeCloseTo(80, 1);
    expect(pace.gatherMs(100_000)).toBe(maxEventDelayMs);
    for (let i = 0; i < 100; i += 1) pace.wrote(100, 4);
    expect(pace.gatherMs(100)).toBeCloseTo(80, 1);
  });

  it('slows down nobody for one write that was disturbed', () => {
    const pace = createWritePace(maxEventDelayMs);
    pace.wrote(1000, 10);
    pace.wrote(1, 20);
    expect(pace.gatherMs(1)).toBeLessThan(1);
    expect(pace.gatherMs(100)).toBeLessThan(100);
  });

  it('gathers none where none may be late', () => {
    const pace = createWritePace(0);
    pace.wrote(1000, 1000);
    expect(pace.gatherMs(1000)).toBe(0);
  });
});

it('of writes is set by processor time, which passes while something is computed', () => {
  const before = processorMs();
  // Systems count it in parts of some milliseconds.
  let sum = 0;
  while (processorMs() === before) for (let i = 0; i < 1e5; i += 1) sum += Math.sqrt(i);
  expect(sum).toBeGreaterThan(0);
  expect(processorMs()).toBeGreaterThan(before);
});
