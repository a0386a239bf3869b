import { percentile } from '../measure.ts';
import { randomNumbers } from '../random-numbers.ts';
import type { Measured } from './measured.ts';

const resamples = 2000;

export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The mean over tasks with its 95 % interval, by drawing tasks again and again (Efron's bootstrap). Tasks are drawn, not
 * trials: those of one task are alike.
 */
export function interval(values: readonly number[], seed = 1): Interval {
  const random = randomNumbers(seed);
  const means = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i += 1) sum += values[Math.floor(random() * values.length)] ?? 0;
    return sum / values.length;
  });
  return { mean: mean(values), low: percentile(means, 0.025), high: percentile(means, 0.975) };
}

/**
 * What a baseline gives for so many tokens, task by task: between the two of its sizes that cost less and more, in
 * proportion. Beyond its largest size it gives no more.
 */
export function atTokens(curve: readonly Measured[], tokens: number): readonly number[] {
  const sizes = curve.toSorted((a, b) => a.tokens - b.tokens);
  const above = sizes.findIndex((size) => size.tokens >= tokens);
  const upper = sizes[above] ?? sizes.at(-1);
  const lower = above > 0 ? sizes[above - 1] : upper;
  if (!upper || !lower) return [];
  const share = upper === lower ? 0 : (tokens - lower.tokens) / (upper.tokens - lower.tokens);
  return lower.accuracies.map((accuracy, i) => accuracy + share * ((upper.accuracies[i] ?? 0) - accuracy));
}

/** By how much one is more often right than the other on the same tasks. */
export function gain(of: readonly number[], over: readonly number[]): Interval {
  return interval(of.map((value, i) => value - (over[i] ?? 0)));
}
