import type { Measurement, RunSample } from '@aiwork/core';
import { createDurationSketch } from './durations.ts';

/** How runs or steps ended, and what they used. */
export interface Tallied extends Measurement {
  /** Failed ones of those that ended, from 0 to 1. */
  readonly failureRate: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** In US dollars, as far as models say. */
  readonly cost: number;
}

export interface Tally {
  /** Counts the end of a run or step. */
  end(sample: Extract<RunSample, { kind: 'run' | 'step' }>): void;
  use(sample: Extract<RunSample, { kind: 'model' }>): void;
  tallied(): Tallied;
}

export function createTally(): Tally {
  const ends = { succeeded: 0, failed: 0, cancelled: 0, retries: 0 };
  const used = { inputTokens: 0, outputTokens: 0, cost: 0 };
  const sketch = createDurationSketch();
  return {
    end({ status, retries, durationMs }) {
      ends[status] += 1;
      ends.retries += retries;
      if (durationMs !== undefined) sketch.add(durationMs);
    },
    use({ inputTokens, outputTokens, cost }) {
      used.inputTokens += inputTokens;
      used.outputTokens += outputTokens;
      used.cost += cost;
    },
    tallied() {
      const ended = ends.succeeded + ends.failed + ends.cancelled;
      const durations = sketch.durations();
      return {
        ...ends,
        failureRate: ended === 0 ? 0 : ends.failed / ended,
        ...used,
        ...(durations && { durations }),
      };
    },
  };
}

/** As many as are told apart. */
const mostTallies = 500;

/** What all that came later is counted under. */
export const others = '(others)';

export interface Tallies {
  of(key: string): Tally;
  all(): ReadonlyMap<string, Tallied>;
}

/** A tally for each key, of the first 500 keys; a tag for each customer must not take all memory. */
export function createTallies(): Tallies {
  const tallies = new Map<string, Tally>();
  return {
    of(given) {
      const key = tallies.has(given) || tallies.size < mostTallies ? given : others;
      const found = tallies.get(key);
      if (found) return found;
      const made = createTally();
      tallies.set(key, made);
      return made;
    },
    all: () => new Map([...tallies].map(([key, tally]) => [key, tally.tallied()])),
  };
}
